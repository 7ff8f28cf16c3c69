// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <ctime>
#include <sstream>

#include "common/http/client.h"
#include "common/http/server.h"
#include "tests/cli/fixture.h"

namespace forewarn::cli {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

// A source that knows one signal of vm1 and vm2, at every step, with a gap of vm2; and gives few steps at once. It also
// knows that something was `under_way` with vm1 from 2950 to 3200, when its signal bursts, but not what is `broken`.
class FakeSource {
 public:
  FakeSource() {
    http::ServerOptions options;
    options.listen = {"127.0.0.1:0"};
    http::Route route{"GET", "/api/v1/query_range", [this](const http::Request& request) { return Answer(request); }};
    auto server = http::Server::Start(options, {route});
    if (server) server_ = std::move(*server);
  }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(server_->ports()[0]); }
  int refused() const { return refused_; }

 private:
  http::Response Answer(const http::Request& request) {
    const auto authorization = request.headers.find("authorization");
    if (authorization == request.headers.end() || authorization->second != "Bearer sesame") {
      return http::Json(401, R"({"status":"error","errorType":"unauthorized","error":"who are you?"})");
    }
    const auto number = [&](const char* name) { return std::stod(request.query.at(name)); };
    const double start = number("start"), step = number("step"), steps = (number("end") - start) / step;
    if (steps > 7) {
      ++refused_;
      return http::Json(400, R"({"status":"error","errorType":"bad_data","error":"too many points"})");
    }
    const std::string& expr = request.query.at("query");
    if (expr == "broken") return http::Json(400, R"({"status":"error","errorType":"bad_data","error":"parse error"})");
    const bool signal = expr.find("load") != std::string::npos;
    std::ostringstream text;
    text << std::fixed << R"({"status":"success","data":{"resultType":"matrix","result":[)";
    for (const char* domain : {"vm1", "vm2"}) {
      if (!signal && (expr != "under_way" || domain == std::string("vm2"))) continue;
      text << (domain == std::string("vm2") ? "," : "") << R"({"metric":{"domain":")" << domain << R"("},"values":[)";
      bool first = true;
      for (int i = 0; i <= steps; ++i) {
        const double time = start + i * step;
        if (domain == std::string("vm2") && time >= 1200 && time < 1300) continue;
        if (!signal && (time < 2950 || time > 3200)) continue;
        text << (first ? "" : ",") << "[" << time << ",\"" << Value(time) << "\"]";
        first = false;
      }
      text << "]}";
    }
    text << "]}}";
    return http::Json(200, text.str());
  }

  // With a burst.
  static double Value(double time) { return 5 + std::sin(time * time) + (time >= 3000 && time < 3100 ? 100 : 0); }

  std::atomic<int> refused_ = 0;
  std::unique_ptr<http::Server> server_;
};

class PrometheusBacktestTest : public CliTest {
 protected:
  std::string Config(const std::string& source, const std::string& circumstances = "") {
    return Write("exporter.yaml", "source: {" + source +
                                      "}\ntick: 10s\nsignals: {define: {load: {expr: 'avg by (domain) (load)'}}}\n" +
                                      "circumstances: {" + circumstances + "}\n");
  }
  // Of a source with a burst, and what is known of the time about it.
  int BacktestOfBurst(const std::string& circumstances) {
    FakeSource source;
    const auto config = Config("url: 'http://elsewhere', authorization: {credentials: sesame}", circumstances);
    return Backtest(source.url(), {"--start", "1000", "--end", "4000", "--config.file", config, "--labels",
                                   Write("labels.csv", "series,start,end\nvm2,3000,3100\n")});
  }
  int Backtest(const std::string& url, std::vector<std::string> further) {
    std::vector<std::string> arguments = {"backtest", "--prometheus", url, "--output", files_.Path("out.csv")};
    arguments.insert(arguments.end(), further.begin(), further.end());
    return Call(std::move(arguments));
  }
  long Lines(const std::string& needle) const {
    std::istringstream rows(files_.Read("out.csv"));
    long lines = 0;
    for (std::string line; std::getline(rows, line);) lines += line.find(needle) != std::string::npos ? 1 : 0;
    return lines;
  }
};

TEST_F(PrometheusBacktestTest, RunsOverASource) {
  FakeSource source;
  const auto config = Config("url: 'http://elsewhere', authorization: {credentials: sesame}");
  const auto labels = Write("labels.csv", "series,start,end\nvm1,1500,1600\n");
  ASSERT_EQ(Backtest(source.url(), {"--start", "1001", "--end", "2005", "--config.file", config, "--labels", labels}),
            0)
      << output_;
  EXPECT_THAT(files_.Read("out.csv"), StartsWith("timestamp,series,score,fault_type,confidence\n1010,vm1,0,,"));
  EXPECT_EQ(Lines(",vm1,"), 100);
  EXPECT_EQ(Lines(",vm2,"), 90);  // a gap is no row
  EXPECT_GT(source.refused(), 0);
  EXPECT_THAT(output_, HasSubstr("2 instances, "));
  EXPECT_THAT(output_, ContainsRegex("score 1 +any +1 "));
}

TEST_F(PrometheusBacktestTest, TakesAnotherStep) {
  FakeSource source;
  const auto config = Config("url: 'http://elsewhere', authorization: {credentials: sesame}");
  ASSERT_EQ(Backtest(source.url(), {"--start", "1000", "--end", "2000", "--step", "50s", "--config.file", config}), 0)
      << output_;
  EXPECT_EQ(Lines(",vm1,"), 21);
}

TEST_F(PrometheusBacktestTest, CountsNeitherExperimentsNorWhatNobodyKnows) {
  ASSERT_EQ(BacktestOfBurst(""), 0) << output_;
  EXPECT_THAT(output_, ContainsRegex("score 1 +any +1 +0.50 +1.00 +- +1 "));
  EXPECT_THAT(output_, Not(HasSubstr("mitigated")));
  ASSERT_EQ(BacktestOfBurst("experiments: under_way"), 0) << output_;
  EXPECT_THAT(output_, ContainsRegex("score 1 +any +1 +1.00 +1.00 +- +0 "));
  EXPECT_THAT(output_, Not(HasSubstr("mitigated")));
  ASSERT_EQ(BacktestOfBurst("maintenance: broken"), 0) << output_;
  EXPECT_THAT(output_, HasSubstr("maintenance: missing in part or all of the time: "));
  EXPECT_THAT(output_, HasSubstr("2 instances, 0 instance-days, no labels"));
}

TEST_F(PrometheusBacktestTest, CensorsWhatWasMitigated) {
  ASSERT_EQ(BacktestOfBurst("mitigated: under_way"), 0) << output_;
  EXPECT_THAT(output_, HasSubstr("mitigated"));
  EXPECT_THAT(output_, ContainsRegex("score 1 +any +1 +1.00 +1.00 +- +0 +0 +1\n"));
}

TEST_F(PrometheusBacktestTest, SaysWhatIsWrong) {
  FakeSource source;
  const auto config = Config("url: 'http://elsewhere'");
  EXPECT_EQ(Backtest(source.url(), {"--start", "1000", "--end", "2000", "--config.file", config}), 2);
  EXPECT_THAT(output_, HasSubstr("who are you?"));
  EXPECT_EQ(Backtest("ftp://x", {"--start", "1000"}), 2);
  EXPECT_THAT(output_, HasSubstr("source.url: not an http:// or https:// URL"));
  EXPECT_EQ(Backtest(source.url(), {"--start", "soon"}), 2);
  EXPECT_THAT(output_, HasSubstr("--start: neither a time nor a duration"));
  EXPECT_EQ(Backtest(source.url(), {}), 2);
  EXPECT_EQ(Backtest(source.url(), {"--start", "2000", "--end", "1000"}), 2);
  EXPECT_THAT(output_, HasSubstr("--end: before --start"));
  EXPECT_EQ(Backtest(source.url(), {"--start", "1000", "--end", "2000", "--step", "much"}), 2);
  EXPECT_THAT(output_, HasSubstr("tick: not a duration"));
}

int FreePort() {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  EXPECT_EQ(bind(fd, reinterpret_cast<sockaddr*>(&address), size), 0);
  EXPECT_EQ(getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size), 0);
  close(fd);
  return ntohs(address.sin_port);
}

bool Ready(const std::string& url) {
  auto client = http::Client::Create(url, {}, "forewarn-test");
  if (!client) return false;
  const auto response = (*client)->Send({"GET", "/-/ready", "", "", {}}, std::chrono::seconds(5), 1 << 16);
  return response && response->status == 200;
}

// Three hours of a real one: 13,000 steps of a second are more than it gives at once. One of two is under experiment.
TEST_F(PrometheusBacktestTest, RunsOverARealPrometheus) {
  if (!testbed::RunCommand({"promtool", "--version"})) GTEST_SKIP() << "no promtool";
  const long end = std::time(nullptr) / 15 * 15 - 600, start = end - 13'000 / 15 * 15;
  std::ostringstream text;
  text << "# TYPE load gauge\n";
  for (const char* domain : {"vm1", "vm2"}) {
    for (long time = start; time <= end; time += 15) {
      text << "load{domain=\"" << domain << "\"} " << 5 + std::sin(static_cast<double>(time)) << ' ' << time << '\n';
    }
  }
  text << "# TYPE forewarn_experiment_active gauge\n";
  for (long time = start; time <= end; time += 15) {
    text << "forewarn_experiment_active{domain=\"vm2\",experiment=\"1\"} 1 " << time << '\n';
  }
  Write("load.txt", text.str() + "# EOF\n");
  ASSERT_TRUE(testbed::RunCommand(
      {"promtool", "tsdb", "create-blocks-from", "openmetrics", files_.Path("load.txt"), files_.Path("tsdb")}));
  const std::string port = std::to_string(FreePort()), url = "http://127.0.0.1:" + port;
  auto prometheus = testbed::Process::Start(
      {.argv = {"prometheus", "--config.file=" + Write("prometheus.yml", ""),
                "--storage.tsdb.path=" + files_.Path("tsdb"), "--web.listen-address=127.0.0.1:" + port},
       .log = files_.Path("prometheus.log")});
  ASSERT_TRUE(prometheus.ok());
  ASSERT_TRUE(testbed::WaitUntil(std::chrono::seconds(60), [&] { return Ready(url); }))
      << files_.Read("prometheus.log");
  const std::vector<std::string> range = {"--start", std::to_string(start), "--end", std::to_string(end)};
  auto arguments = range;
  arguments.insert(arguments.end(), {"--step", "1s", "--config.file", Config("url: 'http://elsewhere'")});
  ASSERT_EQ(Backtest(url, arguments), 0) << output_;
  EXPECT_EQ(Lines(",vm1,"), end - start + 1);
  EXPECT_EQ(Lines(",vm2,"), end - start + 1);
  EXPECT_THAT(output_, HasSubstr("2 instances, 0.1503 instance-days"));
  ASSERT_EQ(Backtest(url, range), 0) << output_;  // of all presets it knows nothing
  EXPECT_THAT(output_, HasSubstr("0 instances, "));
}

}  // namespace
}  // namespace forewarn::cli
