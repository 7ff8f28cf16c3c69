// SPDX-License-Identifier: Apache-2.0
#include "exporter/publish/scores.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "common/metrics/metrics.h"

namespace forewarn::publish {
namespace {

using confidence::Standing;
using testing::HasSubstr;
using testing::Not;

constexpr double kTick = 10, kHorizon = 100;

class ScoresTest : public testing::Test {
 protected:
  ScoresTest() { keeper_.SetFaults({{"DiskFull", kHorizon, 0.5, 0.9}, {"MemoryLeak", kHorizon, 0.5, 0.9}}); }

  // Ticks of the first fault on a hundred instances, each manifest for its last two tenths of a horizon.
  void Run(int horizons, Standing standing = Standing::kFree) {
    for (int tick = 0; tick < horizons * 10; ++tick, time_ += kTick) {
      keeper_.Begin(time_, kTick);
      for (std::uint32_t i = 0; i < 100; ++i) {
        const bool manifested = (tick + static_cast<int>(i)) % 25 > 22;
        (void)keeper_.Publish(0, {i, 0.8, 0, manifested, standing});
      }
      keeper_.End();
    }
  }

  std::string Text() {
    scores_.Publish(keeper_);
    std::string text;
    metrics::AppendFamilies(scores_.Collect(), metrics::Exposition::kText, text);
    return text;
  }

  confidence::Scorekeeper keeper_;
  Scores scores_;
  double time_ = 1.7e9;
};

TEST_F(ScoresTest, CountersExistFromTheStart) {
  const std::string text = Text();
  for (const char* fault : {"DiskFull", "MemoryLeak"}) {
    const std::string labels = std::string("{fault=\"") + fault + "\"";
    for (const char* outcome : {"hit", "false_alarm", "missed", "mitigated", "dropped"}) {
      EXPECT_THAT(text, HasSubstr("forewarn_prediction_outcomes_total" + labels + ",outcome=\"" + outcome + "\"} 0\n"));
    }
    EXPECT_THAT(text, HasSubstr("forewarn_prediction_lead_seconds_bucket" + labels + ",le=\"0\"} 0\n"));
    EXPECT_THAT(text, HasSubstr("forewarn_prediction_lead_seconds_count" + labels + "} 0\n"));
    EXPECT_THAT(text, HasSubstr("forewarn_calibration_samples_total" + labels + ",outcome=\"false_alarm\"} 0\n"));
    EXPECT_THAT(text, HasSubstr("forewarn_calibration_frozen" + labels + "} 0\n"));
    EXPECT_THAT(text, HasSubstr("forewarn_signature_accuracy_ratio" + labels + "} 0.9\n"));
  }
  EXPECT_THAT(text, HasSubstr("# TYPE forewarn_prediction_lead_seconds histogram\n"));
  EXPECT_THAT(text, Not(HasSubstr("forewarn_calibration_error_ratio")));
  EXPECT_THAT(text, Not(HasSubstr("forewarn_brier")));
  EXPECT_THAT(text, Not(HasSubstr("forewarn_calibration_bin")));
}

TEST_F(ScoresTest, RatiosComeWhenEnoughIsKnown) {
  Run(20);
  const std::string text = Text();
  for (const char* name : {"forewarn_calibration_error_ratio", "forewarn_brier_score_ratio"}) {
    EXPECT_THAT(text, HasSubstr(std::string(name) + "{fault=\"DiskFull\"} 0."));
    EXPECT_THAT(text, Not(HasSubstr(std::string(name) + "{fault=\"MemoryLeak\"}")));
  }
  EXPECT_THAT(text, HasSubstr("forewarn_brier_skill_ratio{fault=\"DiskFull\"} "));
  EXPECT_THAT(text, HasSubstr("forewarn_calibration_bin_confidence_ratio{fault=\"DiskFull\",bin=\"10\"} 0."));
  EXPECT_THAT(text, HasSubstr("forewarn_calibration_bin_hit_ratio{fault=\"DiskFull\",bin=\"1\"} "));
  EXPECT_THAT(text, Not(HasSubstr("forewarn_calibration_bin_hit_ratio{fault=\"MemoryLeak\"")));
  EXPECT_THAT(text, Not(HasSubstr("outcomes_total{fault=\"DiskFull\",outcome=\"hit\"} 0\n")));
  EXPECT_THAT(text, Not(HasSubstr("lead_seconds_count{fault=\"DiskFull\"} 0\n")));
  EXPECT_THAT(text, HasSubstr("outcomes_total{fault=\"MemoryLeak\",outcome=\"hit\"} 0\n"));
}

TEST_F(ScoresTest, InjectionsCountForTheAccuracy) {
  EXPECT_THAT(Text(), HasSubstr("forewarn_injections_recognised_total{fault=\"DiskFull\",recognised=\"true\"} 0\n"));
  for (int tick = 0; tick < 9; ++tick, time_ += kTick) {
    keeper_.Begin(time_, kTick);
    if (tick % 3 < 2) keeper_.Inject(0, 0, tick < 6 ? confidence::Explained::kRight : confidence::Explained::kNothing);
    keeper_.End();
  }
  const std::string text = Text();
  EXPECT_THAT(text, HasSubstr("forewarn_injections_recognised_total{fault=\"DiskFull\",recognised=\"true\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("forewarn_injections_recognised_total{fault=\"DiskFull\",recognised=\"false\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("forewarn_signature_accuracy_ratio{fault=\"DiskFull\"} 0.8915"));  // 18.5 of 20.75
  EXPECT_THAT(text, HasSubstr("forewarn_signature_accuracy_deviation_ratio{fault=\"DiskFull\"} 0.066"));
  EXPECT_THAT(text, HasSubstr("forewarn_signature_accuracy_ratio{fault=\"MemoryLeak\"} 0.9\n"));
}

TEST_F(ScoresTest, SaysThatTheCalibrationIsFrozen) {
  Run(5, Standing::kMitigated);
  const std::string text = Text();
  EXPECT_THAT(text, HasSubstr("forewarn_calibration_frozen{fault=\"DiskFull\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("outcomes_total{fault=\"DiskFull\",outcome=\"hit\"} 0\n"));
  EXPECT_THAT(text, Not(HasSubstr("outcomes_total{fault=\"DiskFull\",outcome=\"mitigated\"} 0\n")));
  EXPECT_THAT(text, Not(HasSubstr("forewarn_calibration_error_ratio")));
}

}  // namespace
}  // namespace forewarn::publish
