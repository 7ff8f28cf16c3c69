// SPDX-License-Identifier: Apache-2.0
#include "predictor/detectors/quantile_tail.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace forewarn::detectors {
namespace {

TEST(QuantileTail, OneIsTheAlarmProbabilityInAnyUnit) {
  for (const double scale : {1e-3, 1.0, 1e6}) {
    std::mt19937 random(3);
    std::exponential_distribution<double> deviation(1 / scale);
    QuantileTail tail;
    for (int i = 0; i < 20000; ++i) tail.Learn(deviation(random));
    EXPECT_NEAR(tail.AlarmLevel(1e-4) / scale, -std::log(1e-4), 3);
    EXPECT_NEAR(tail.Score(tail.AlarmLevel(1e-4), 1e-4), 1, 1e-6);
    EXPECT_LT(tail.Score(scale, 1e-4), 0.5);
  }
}

TEST(QuantileTail, GrowsWithTheDeviationUpToItsMost) {
  QuantileTail tail;
  for (int i = 0; i < 1000; ++i) tail.Learn(1 + i % 5);
  double last = -1;
  for (double deviation = 0; deviation < 8; deviation += 0.5) {
    EXPECT_GE(tail.Score(deviation, 1e-5), last);
    last = tail.Score(deviation, 1e-5);
  }
  EXPECT_EQ(tail.Score(1e9, 1e-5), QuantileTail::kMaxScore);
}

TEST(QuantileTail, WhatComesOftenIsNoLongerRare) {
  QuantileTail tail;
  for (int i = 0; i < 5000; ++i) tail.Learn(i % 2 == 0 ? 0.5 : 1.0);
  const double before = tail.Score(5, 1e-5);
  for (int i = 0; i < 5000; ++i) tail.Learn(i % 10 == 0 ? 5 : 1);
  EXPECT_GE(before, 1);
  EXPECT_LT(tail.Score(5, 1e-5), 1);
}

}  // namespace
}  // namespace forewarn::detectors
