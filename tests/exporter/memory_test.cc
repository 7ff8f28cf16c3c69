// SPDX-License-Identifier: Apache-2.0
// What the exporter knows when it begins: from its own state, and from the source's history.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/exporter/bench.h"

namespace forewarn::exporter {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr char kJudged[] = "forewarn_signal_anomaly_score{domain=\"vm1\",signal=\"cpu_usage\"} ";

class MemoryTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!Prometheus::Installed()) GTEST_SKIP() << "prometheus is not installed";
    prometheus_.Start();
  }

  void Start(const std::string& more) {
    directory_.Write("exporter.yaml", "source: {url: '" + prometheus_.url() +
                                          "', timeout: 5s}\ntick: 1s\n"
                                          "signals: {presets: [node_exporter, libvirt_exporter]}\n" +
                                          more);
    binary_.reset();
    binary_.emplace(directory_, std::vector<std::string>{"--config.file=" + directory_.Path("exporter.yaml"),
                                                         "--web.listen-address=127.0.0.1:0"});
    ASSERT_TRUE(binary_->Listening()) << binary_->Log();
  }
  std::string State() const { return "state: {directory: '" + directory_.Path("state") + "', every: 1s}\n"; }

  // Until the source has been scraped for so long, s.
  void WaitForHistory(double seconds) {
    ASSERT_TRUE(testbed::WaitUntil(2 * kPatience, [&] {
      const auto answer = Ask(prometheus_.url(), "GET", "/api/v1/query?query=min(count_over_time(up[1h]))");
      const auto json = nlohmann::json::parse(answer.body, nullptr, false);
      const auto value = nlohmann::json::json_pointer("/data/result/0/value/1");
      return json.contains(value) && std::stod(json[value].get<std::string>()) >= seconds;
    }));
  }
  // The value of a series without labels in /metrics; -1 where it is not there.
  double Value(const std::string& series) {
    const std::string metrics = "\n" + binary_->Metrics();
    const auto at = metrics.find("\n" + series + " ");
    return at == std::string::npos ? -1 : std::stod(metrics.substr(at + series.size() + 2));
  }

  TemporaryDirectory directory_;
  Target target_;
  Prometheus prometheus_{directory_, target_};
  std::optional<Binary> binary_;
};

TEST_F(MemoryTest, LearnsFromHistoryBeforeItsFirstTick) {
  WaitForHistory(60);  // more than any model needs before it judges
  Start("");
  ASSERT_TRUE(binary_->WaitForMetric("forewarn_up 1\n")) << binary_->Log();
  EXPECT_THAT(binary_->Metrics(), HasSubstr(kJudged));
  EXPECT_THAT(binary_->Metrics(), HasSubstr("forewarn_instances{state=\"warming\"} 0\n"));
  EXPECT_GE(Value("forewarn_training_history_seconds"), 40);
  EXPECT_EQ(Value("forewarn_training_active"), 0);
  EXPECT_THAT(binary_->Log(), HasSubstr("learned from history"));
  EXPECT_THAT(binary_->Metrics(), HasSubstr("forewarn_training_failures_total{reason=\"unavailable\"} 0\n"));
}

TEST_F(MemoryTest, WithoutHistoryItBeginsColdAndSaysSo) {
  Start("training: {history: 0s}\n");
  ASSERT_TRUE(binary_->WaitForMetric("forewarn_instances{state=\"warming\"} ")) << binary_->Log();
  EXPECT_EQ(Value("forewarn_training_history_seconds"), 0);
  EXPECT_THAT(binary_->Metrics(), Not(HasSubstr("forewarn_fault_confidence_ratio{")));
  EXPECT_TRUE(binary_->WaitForMetric(kJudged));
  EXPECT_THAT(binary_->Log(), HasSubstr("no history to learn from"));
}

TEST_F(MemoryTest, GoesOnWhereItWasStopped) {
  Start(State() + "training: {history: 0s}\n");
  ASSERT_TRUE(binary_->WaitForMetric(kJudged)) << binary_->Log();
  binary_->process().Signal(SIGTERM);
  EXPECT_EQ(binary_->process().Wait(), 0);

  Start(State() + "training: {history: 0s}\n");
  ASSERT_TRUE(binary_->WaitForMetric("forewarn_up 1\n")) << binary_->Log();
  EXPECT_THAT(binary_->Log(), HasSubstr("state restored"));
  EXPECT_GT(Value("forewarn_state_restored_timestamp_seconds"), 1.7e9);
  EXPECT_THAT(binary_->Metrics(), HasSubstr(kJudged));
}

TEST_F(MemoryTest, ADamagedStateIsSaidAndReplaced) {
  std::filesystem::create_directory(directory_.Path("state"));
  directory_.Write("state/forewarn.state", "FOREWARN, but no state");
  Start(State());
  EXPECT_TRUE(binary_->WaitForMetric("forewarn_state_restore_failures_total{reason=\"damaged\"} 1\n"));
  EXPECT_TRUE(binary_->WaitForMetric("forewarn_state_saves_total 1\n")) << binary_->Log();
  EXPECT_EQ(directory_.Read("state/forewarn.state.rejected"), "FOREWARN, but no state");
  EXPECT_EQ(Value("forewarn_state_restored_timestamp_seconds"), 0);
}

TEST_F(MemoryTest, WhatCannotBeSavedIsCountedAndNothingEnds) {
  directory_.Write("state", "a file where the folder should be");
  Start(State());
  EXPECT_TRUE(testbed::WaitUntil(kPatience, [&] {
    const std::string metrics = binary_->Metrics();
    return metrics.find("forewarn_state_save_failures_total{reason=\"io\"} ") != std::string::npos &&
           metrics.find("forewarn_state_save_failures_total{reason=\"io\"} 0\n") == std::string::npos;
  }));
  EXPECT_TRUE(binary_->WaitForMetric("forewarn_up 1\n"));
  EXPECT_EQ(directory_.Read("state"), "a file where the folder should be");
}

}  // namespace
}  // namespace forewarn::exporter
