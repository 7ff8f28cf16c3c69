// SPDX-License-Identifier: Apache-2.0
#include "predictor/standout.h"

#include <gtest/gtest.h>

namespace forewarn::predictor {
namespace {

constexpr std::int32_t kNothing = -1;

class StandoutTest : public testing::Test {
 protected:
  // The instance's score where a detector says `raw` of it, at the end of so many ticks.
  double After(int ticks, double raw, std::int32_t explanation = kNothing, double standing = 0) {
    double score = 0;
    for (int i = 0; i < ticks; ++i) {
      std::vector<InstanceState> states = {{0, 0.5}};
      standout_.Judge({{raw, standing}}, {explanation}, states);
      score = states[0].score;
    }
    return score;
  }
  Standout standout_;
};

TEST_F(StandoutTest, WhereNoDetectorSpeaksTheScoreStays) {
  std::vector<InstanceState> states = {{0, 0.4}, {1, 0.6}};
  standout_.Judge({{telemetry::kMissing, 0}}, {}, states);
  EXPECT_EQ(states[0].score, 0.4);
  EXPECT_EQ(states[1].score, 0.6);
}

TEST_F(StandoutTest, TheLessIsKnownTheStrangerItHasToBe) {
  EXPECT_LT(After(1, 5), 1);
  EXPECT_LT(After(100, 2.5), 1);
  EXPECT_GT(After(1, 3.2), 1);
  EXPECT_LT(After(2000, 1.05), 1);
  EXPECT_GT(After(5000, 1.05), 1);
}

TEST_F(StandoutTest, WhatASignatureExplainsCountsMore) {
  const double unexplained = After(1000, 2);
  EXPECT_NEAR(After(1, 2, 0), unexplained + Standout::kExplained, 0.01);
  EXPECT_LT(After(1, 0.5, 0), 1);
}

TEST_F(StandoutTest, StandingApartWeighsAndTheStrangeFades) {
  EXPECT_NEAR(After(10000, 2, kNothing, 0.5), 2 + 0.5 * Standout::kStanding, 0.1);
  const double next = After(1, 0);
  EXPECT_LT(next, 1);
  EXPECT_LT(After(20, 0), 0.5 * next);
}

TEST_F(StandoutTest, IsSavedAndRestored) {
  After(1000, 0.5);
  detectors::Archive saved;
  standout_.Save(saved);
  standout_ = {};
  EXPECT_LT(After(1, 1.5), 1);
  detectors::Archive restored(saved.bytes());
  ASSERT_TRUE(standout_.Restore(restored));
  EXPECT_GT(After(1, 1.5), 1);
}

}  // namespace
}  // namespace forewarn::predictor
