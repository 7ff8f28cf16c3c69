// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/cli/fake_experiments.h"
#include "tests/cli/fixture.h"

namespace forewarn::cli {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class ExperimentTest : public CliTest {
 protected:
  int Ask(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "experiment");
    arguments.insert(arguments.end(), {"--webhook.url", api_.url()});
    return Call(std::move(arguments));
  }
  int AskWithPrometheus(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--prometheus.url", api_.url()});
    return Ask(std::move(arguments));
  }
  std::string Suite(const std::string& faults) {
    return Write("suite.yaml", "name: 'a <b>day</b>'\ntimeout: 20s\npoll: 10ms\nexperiments: [" + faults + "]\n");
  }

  FakeExperiments api_;
};

TEST_F(ExperimentTest, IsAskedFor) {
  ASSERT_EQ(Ask({"run", "--domain", "web-1", "--fault", "Good", "--name", "mild", "--request-id", "r1"}), 0) << output_;
  EXPECT_EQ(api_.bodies().back(), R"({"domain":"web-1","experiment":"mild","fault":"Good","request_id":"r1"})");
  EXPECT_THAT(output_, ContainsRegex("1 +2025-11-24T16:00:00Z +web-1 +Good +web-2 +memory +steady +-\n"));
  ASSERT_EQ(Ask({"run", "--domain", "web-1", "--fault", "Good"}), 0) << output_;
  EXPECT_THAT(output_, ContainsRegex("--request-id cli-[0-9a-f]+\n"));
  EXPECT_EQ(Ask({"run", "--domain", "web-1"}), 2);
  EXPECT_EQ(Ask({"run", "--domain", "web-1", "--fault", "Good", "--wait", "--dry-run"}), 2);
  EXPECT_EQ(Ask({"run", "--domain", "web-1", "--fault", "Conflict"}), 1);
  EXPECT_THAT(output_, HasSubstr("is open"));
}

TEST_F(ExperimentTest, ADryRunOnlyShowsThePlan) {
  ASSERT_EQ(Ask({"run", "--domain", "web-1", "--fault", "Good", "--dry-run"}), 0) << output_;
  EXPECT_EQ(api_.begun(), 0);
  EXPECT_THAT(output_, ContainsRegex("target +web-2\n"));
  EXPECT_THAT(output_, ContainsRegex("severity injected +10 %\n"));
  EXPECT_THAT(output_, ContainsRegex("disk_io +injection +vda.total_iops_sec=150 +vda.total_iops_sec=100"));
  EXPECT_THAT(output_, ContainsRegex("not_steady +yes +it is not\n"));
}

TEST_F(ExperimentTest, WaitsForItsVerdict) {
  ASSERT_EQ(Ask({"run", "--domain", "web-1", "--fault", "Good", "--wait"}), 0) << output_;
  EXPECT_THAT(output_, HasSubstr("web-1 Good: injected\n"));
  EXPECT_THAT(output_, ContainsRegex("verdict +passed\n"));
  EXPECT_EQ(Ask({"run", "--domain", "web-1", "--fault", "Bad", "--wait"}), 1) << output_;
  EXPECT_THAT(output_, HasSubstr("failed: why?[2J so\n"));  // nothing steers the terminal
  EXPECT_EQ(Ask({"run", "--domain", "web-1", "--fault", "Refused", "--wait"}), 1) << output_;
  EXPECT_THAT(output_, HasSubstr("refused: not_steady"));
  EXPECT_EQ(Ask({"run", "--domain", "web-1", "--fault", "Endless", "--wait", "--timeout", "10ms"}), 1) << output_;
  EXPECT_THAT(output_, HasSubstr("under way still"));
  EXPECT_EQ(Ask({"run", "--domain", "web-1", "--fault", "Good", "--wait", "--timeout", "soon"}), 1) << output_;
}

TEST_F(ExperimentTest, AreListedShownAndAborted) {
  ASSERT_EQ(Ask({"list"}), 0) << output_;
  EXPECT_EQ(output_, "no experiments\n");
  ASSERT_EQ(Ask({"run", "--domain", "web-1", "--fault", "Good", "--wait"}), 0) << output_;
  ASSERT_EQ(Ask({"list", "--domain", "web-1", "--limit", "5"}), 0) << output_;
  EXPECT_THAT(output_, ContainsRegex("web-1 +Good +web-2 +memory +passed +relieved"));
  ASSERT_EQ(Ask({"show", "1"}), 0) << output_;
  EXPECT_THAT(output_, ContainsRegex("memory +mitigation +"));
  EXPECT_THAT(output_, ContainsRegex("2025-11-24T16:00:10Z +- +injected\n"));
  EXPECT_EQ(Ask({"show", "99"}), 1);
  EXPECT_EQ(output_, "no such experiment\n");
  EXPECT_EQ(Ask({"abort", "1"}), 0) << output_;
  EXPECT_EQ(api_.aborted(), 1);
  EXPECT_EQ(Ask({"abort", "1/x"}), 2);
}

TEST_F(ExperimentTest, AGameDayRunsInSequenceAndPassesOnlyAsAWhole) {
  const auto good = Suite("{domain: web-1, fault: Good}, {domain: web-1, fault: Good, name: mild}");
  const std::string folder = files_.Path("reports/day");
  ASSERT_EQ(AskWithPrometheus({"suite", good, "--report", folder}), 0) << output_;
  EXPECT_THAT(output_, ContainsRegex("2 +web-1 +Good +passed +relieved"));
  EXPECT_THAT(api_.bodies().back(), HasSubstr(R"("experiment":"mild")"));
  EXPECT_THAT(files_.Read("reports/day/report.html"), HasSubstr("<h1>a &#60;b&#62;day&#60;/b&#62;</h1>"));
  EXPECT_EQ(nlohmann::json::parse(files_.Read("reports/day/report.json"))["experiments"].size(), 2U);
  EXPECT_EQ(api_.ranges(), 2);
  const auto mixed = Suite("{domain: d, fault: Bad}, {domain: d, fault: Conflict}, {domain: d, fault: Refused}, " +
                           std::string("{domain: d, fault: Good}"));
  EXPECT_EQ(AskWithPrometheus({"suite", mixed}), 1);
  EXPECT_THAT(output_, ContainsRegex("d +Bad +failed"));
  EXPECT_THAT(output_, ContainsRegex("d +Conflict +not begun +an experiment is open"));
  EXPECT_THAT(output_, ContainsRegex("d +Refused +refused +not_steady"));
  EXPECT_THAT(output_, ContainsRegex("d +Good +passed"));
  EXPECT_THAT(output_, HasSubstr("1 of 4 passed"));
}

TEST_F(ExperimentTest, WhatTakesTooLongIsAborted) {
  const auto endless = Write("endless.yaml", "timeout: 50ms\npoll: 10ms\nexperiments: [{domain: d, fault: Endless}]\n");
  EXPECT_EQ(AskWithPrometheus({"suite", endless}), 1);
  EXPECT_EQ(api_.aborted(), 1);
  EXPECT_THAT(output_, ContainsRegex("d +Endless +timeout"));
}

TEST_F(ExperimentTest, AReportHasTheSignals) {
  ASSERT_EQ(Ask({"run", "--domain", "web-1", "--fault", "Good", "--wait"}), 0) << output_;
  ASSERT_EQ(AskWithPrometheus({"report", "--since", "100y", "--output", files_.Path("r.html")}), 0) << output_;
  EXPECT_THAT(files_.Read("r.html"), HasSubstr("<path class=\"signal\" d=\"M"));
  EXPECT_THAT(files_.Read("r.html"), HasSubstr("rect class=\"injection\""));
  ASSERT_EQ(AskWithPrometheus({"report", "--since", "100y", "--output", files_.Path("r.json")}), 0) << output_;
  const auto json = nlohmann::json::parse(files_.Read("r.json"));
  EXPECT_EQ(json["scores"][0]["passed"], 1);
  EXPECT_FALSE(json["experiments"][0]["series"][0]["samples"].empty());
  ASSERT_EQ(AskWithPrometheus({"report", "--since", "1h", "--output", files_.Path("r.json")}), 0) << output_;
  EXPECT_THAT(output_, HasSubstr("0 experiments in "));
  EXPECT_EQ(AskWithPrometheus({"report", "--output", files_.Path("r.pdf")}), 1);
  EXPECT_EQ(AskWithPrometheus({"report", "--output", "/does/not/exist.html"}), 1);
  EXPECT_THAT(output_, HasSubstr("cannot be written"));
}

}  // namespace
}  // namespace forewarn::cli
