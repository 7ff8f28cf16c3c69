// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <map>
#include <sstream>

#include "common/metrics/metrics.h"

namespace forewarn::metrics {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

constexpr char kPrometheus2[] =
    "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
    "text/plain;version=0.0.4;q=0.5,*/*;q=0.1";
constexpr char kPrometheus3[] =
    "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
    "application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,"
    "text/plain;version=0.0.4;q=0.3,*/*;q=0.2";

TEST(Negotiate, TheHighestQualityWins) {
  EXPECT_EQ(Negotiate(kPrometheus2), Exposition::kOpenMetrics);
  EXPECT_EQ(Negotiate(kPrometheus3), Exposition::kOpenMetrics);
  EXPECT_EQ(Negotiate("application/openmetrics-text"), Exposition::kOpenMetrics);
  EXPECT_EQ(Negotiate("Application/OpenMetrics-Text ; version=1.0.0 ; Q=0.2 , text/plain;q=0.1"),
            Exposition::kOpenMetrics);
  EXPECT_EQ(Negotiate("application/openmetrics-text;q=0.2,text/plain"), Exposition::kText);
  EXPECT_EQ(Negotiate("application/openmetrics-text;q=0.2,*/*;q=0.3"), Exposition::kText);
  EXPECT_EQ(Negotiate("text/plain,application/openmetrics-text"), Exposition::kText);
}

TEST(Negotiate, WhateverElseComesItIsText) {
  for (const char* accept : {"", "*/*", "text/html", "application/json", "application/openmetrics-text;q=0", ",,;;=,",
                             "q=1", ";;q", "application/openmetrics-text;version=0.0.1",
                             "application/openmetrics-text;version=2.0.0", "application/openmetrics-text;q=high",
                             "application/openmetrics-text;q=nan", "application/openmetrics-text;q=-1"}) {
    EXPECT_EQ(Negotiate(accept), Exposition::kText) << accept;
  }
}

class Many : public BulkSource {
 public:
  void Append(Exposition, std::string& out) const override {
    const GaugeFamily family("bulk_ratio", "A \"large\" family,\nin two lines.");
    family.AppendHeader(out);
    for (int i = 0; i < 1000; ++i) {
      GaugeFamily::AppendSample(family.Prefix({{"n", std::to_string(i) + "\\\"\n\xFF"}}), i / 1000.0, out);
    }
  }
};

class Metrics : public ::testing::Test {
 protected:
  Metrics() {
    RegisterBuildInfo(*registry_, "example");
    prometheus::BuildCounter().Name("jobs_total").Help("Jobs\\ of\nall kinds.").Register(*registry_).Add({});
    prometheus::BuildHistogram()
        .Name("job_seconds")
        .Help("Time.")
        .Register(*registry_)
        .Add({{"kind", "a\"b"}}, prometheus::Histogram::BucketBoundaries{0.1, 1, 10});
    handler_ = MetricsHandler({registry_, process_}, {many_});
  }

  http::Response Get(const char* accept) const {
    http::Request request;
    request.method = "GET";
    request.headers["accept"] = accept;
    return handler_(request);
  }

  std::shared_ptr<prometheus::Registry> registry_ = std::make_shared<prometheus::Registry>();
  std::shared_ptr<prometheus::Collectable> process_ = ProcessCollector();
  std::shared_ptr<Many> many_ = std::make_shared<Many>();
  http::Handler handler_;
};

TEST_F(Metrics, AnswersInTheFormatThatIsAskedFor) {
  const auto text = handler_(http::Request{});
  EXPECT_EQ(text.status, 200);
  EXPECT_EQ(text.content_type, "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_THAT(text.body, HasSubstr("# TYPE jobs_total counter\njobs_total 0\n"));
  EXPECT_THAT(text.body, Not(HasSubstr("# EOF")));
  const auto open = Get(kPrometheus3);
  EXPECT_EQ(open.content_type, "application/openmetrics-text; version=1.0.0; charset=utf-8");
  EXPECT_THAT(open.body, HasSubstr("# TYPE jobs counter\njobs_total 0\n"));
  EXPECT_THAT(open.body, EndsWith("\n# EOF\n"));
}

TEST_F(Metrics, WhatIsGoneIsNotWritten) {
  EXPECT_THAT(Get("").body, HasSubstr("bulk_ratio"));
  many_.reset();
  registry_.reset();
  const auto response = Get("");
  EXPECT_THAT(response.body, Not(HasSubstr("bulk_ratio")));
  EXPECT_THAT(response.body, Not(HasSubstr("jobs_total")));
  EXPECT_THAT(response.body, HasSubstr("process_threads"));
}

TEST_F(Metrics, PromtoolFindsNothingToSay) {
  if (std::system("command -v promtool >/dev/null 2>&1") != 0) {
    GTEST_SKIP() << "promtool is not installed (Debian package prometheus)";
  }
  std::string path = ::testing::TempDir() + "forewarn-metrics-XXXXXX";
  const int file = ::mkstemp(path.data());
  const std::string body = Get("").body;
  EXPECT_EQ(::write(file, body.data(), body.size()), static_cast<ssize_t>(body.size()));
  ::close(file);
  const int status = std::system(("promtool check metrics <" + path + " >&2").c_str());
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
  EXPECT_EQ(std::remove(path.c_str()), 0);
}

TEST_F(Metrics, BuildInfoSaysWhatThisIs) {
  EXPECT_THAT(Get("").body, HasSubstr("example_build_info{"));
  EXPECT_THAT(Get("").body, HasSubstr("version=\"" FOREWARN_VERSION "\""));
}

TEST(Process, SaysWhatTheKernelSays) {
  std::map<std::string, double> values;
  for (const auto& family : ProcessCollector()->Collect()) {
    ASSERT_EQ(family.metric.size(), 1U);
    values[family.name] = family.metric[0].gauge.value + family.metric[0].counter.value;
  }
  EXPECT_EQ(values.size(), 8U);
  EXPECT_EQ(values["process_threads"], 1);
  EXPECT_GE(values["process_open_fds"], 3);
  EXPECT_GT(values["process_max_fds"], values["process_open_fds"]);
  EXPECT_GT(values["process_resident_memory_bytes"], 1e5);
  EXPECT_GT(values["process_virtual_memory_bytes"], values["process_resident_memory_bytes"]);
  EXPECT_GE(values["process_virtual_memory_max_bytes"], values["process_virtual_memory_bytes"]);
  EXPECT_GE(values["process_cpu_seconds_total"], 0);
  const double now = base::ToSeconds(base::SystemClock().Now());
  EXPECT_LT(values["process_start_time_seconds"], now + 1);
  EXPECT_GT(values["process_start_time_seconds"], now - 3600);
}

TEST(Process, CountsItsOwnOpenFiles) {
  const auto count = [] {
    for (const auto& family : ProcessCollector()->Collect()) {
      if (family.name == "process_open_fds") {
        return family.metric[0].gauge.value;
      }
    }
    return -1.0;
  };
  const double before = count();
  const int opened = ::dup(0);
  EXPECT_EQ(count(), before + 1);
  ::close(opened);
  EXPECT_EQ(count(), before);
}

TEST(VersionText, HasPrometheusForm) {
  std::istringstream text(VersionText("example"));
  std::string line;
  std::getline(text, line);
  EXPECT_THAT(line, MatchesRegex("example, version [0-9.]+ \\(branch: [^ ]+, revision: [^ ]+\\)"));
  std::getline(text, line);
  EXPECT_THAT(line, MatchesRegex("  compiler:         (gcc|clang) [0-9].*"));
  std::getline(text, line);
  EXPECT_THAT(line, MatchesRegex("  platform:         linux/.+"));
  EXPECT_FALSE(std::getline(text, line));
}

}  // namespace
}  // namespace forewarn::metrics
