// SPDX-License-Identifier: Apache-2.0
#include "cli/backtest/verdict.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/backtest/output.h"
#include "tests/cli/backtest/outputs.h"

namespace forewarn::backtest {
namespace {

using testing::Contains;

class VerdictsTest : public testing::Test {
 protected:
  Verdicts::Name Named(double score, const std::vector<std::pair<std::string, double>>& confidences,
                       const std::string& likeliest = "Unknown") {
    verdicts_.Read(Say(score, confidences, likeliest), 1);
    return verdicts_.NameOf(0);
  }
  std::string Row(double score, const std::vector<std::pair<std::string, double>>& confidences) {
    verdicts_.Read(Say(score, confidences), 1);
    std::string text;
    AppendRow("2014-02-14 14:30:00", "a,b", verdicts_, 0, text);
    return text;
  }
  std::unique_ptr<predictor::Predictor> predictor_ = MakePredictor(
      {.thresholds = {{"default", {}}, {"MemoryLeak", {.notify = 0.8, .experiment = 0.8, .mitigate = 0.9}}},
       .signature_texts = {},
       .signature_names = {}});
  Verdicts verdicts_{*predictor_};
};

TEST_F(VerdictsTest, NamesFaultsInSnakeCase) {
  EXPECT_EQ(SnakeCase("CpuSaturation"), "cpu_saturation");
  EXPECT_EQ(SnakeCase("Unknown"), "unknown");
  EXPECT_EQ(verdicts_.faults().back(), "unknown");
  EXPECT_THAT(verdicts_.faults(), Contains("disk_contention"));
}

TEST_F(VerdictsTest, TheSurestOfThoseThatNotify) {
  auto name = Named(0, {{"DiskContention", 0.55}, {"MemoryLeak", 0.7}});  // below its own threshold
  EXPECT_EQ(name.fault_type, "disk_contention");
  EXPECT_EQ(name.confidence, 0.55);
  name = Named(0, {{"DiskContention", 0.55}, {"MemoryLeak", 0.85}});
  EXPECT_EQ(name.fault_type, "memory_leak");
}

TEST_F(VerdictsTest, AnAlarmWithoutANotificationIsTheLikeliest) {
  auto name = Named(1.5, {{"DiskContention", 0.2}, {"MemoryLeak", 0.3}}, "DiskContention");
  EXPECT_EQ(name.fault_type, "disk_contention");
  EXPECT_EQ(name.confidence, 0.2);
  EXPECT_EQ(Named(1.5, {{"DiskContention", 0.2}}).fault_type, "unknown");
  EXPECT_EQ(Named(1.5, {{"DiskContention", 0.6}}).fault_type, "disk_contention");  // as it notifies
  name = Named(1.5, {});
  EXPECT_EQ(name.fault_type, "unknown");
  EXPECT_TRUE(telemetry::IsMissing(name.confidence));
}

TEST_F(VerdictsTest, WithoutAnAlarmNothingIsNamed) {
  const auto name = Named(0.9, {{"DiskContention", 0.2}});
  EXPECT_EQ(name.fault_type, "");
  EXPECT_EQ(name.confidence, 0.2);
}

TEST_F(VerdictsTest, WhatIsNotJudgedScoresNothing) {
  EXPECT_EQ(Named(telemetry::kMissing, {}).fault_type, "");
  EXPECT_EQ(verdicts_.Score(0), 0);
  EXPECT_TRUE(telemetry::IsMissing(verdicts_.Confidence(0, 0)));
}

TEST_F(VerdictsTest, RowsAreCsv) {
  EXPECT_EQ(Row(1.23456789, {{"DiskContention", 0.612345}}),
            "2014-02-14 14:30:00,\"a,b\",1.23456789,disk_contention,0.6123\n");
  EXPECT_EQ(Row(0, {}), "2014-02-14 14:30:00,\"a,b\",0,,\n");
}

}  // namespace
}  // namespace forewarn::backtest
