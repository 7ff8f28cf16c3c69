// SPDX-License-Identifier: Apache-2.0
#include "predictor/detectors/trend.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

namespace forewarn::detectors {
namespace {

constexpr double kWindow = 40, kEachTick = 16;  // s; ticks are a second apart

template <class F>
Trend After(int seconds, F value, double window = kWindow) {
  Trend trend;
  for (int t = 0; t < seconds; ++t) trend.Learn(1.7e9 + t, value(t), window);
  return trend;
}

TEST(Trend, OfARampIsSure) {
  std::mt19937 random(1);
  std::normal_distribution<double> noise(0, 0.2);
  const Trend trend = After(60, [&](int t) { return 10 + 0.5 * t + noise(random); });
  const auto outlook = trend.Look();
  EXPECT_NEAR(outlook.slope, 0.5, 0.05);
  EXPECT_GT(outlook.rising, 0.95);
  EXPECT_EQ(outlook.falling, 0);
  EXPECT_GT(trend.CrossingProbability(60, 60, 1), 0.9);
  EXPECT_LT(trend.CrossingProbability(100, 60, 1), 0.1);
  EXPECT_EQ(trend.CrossingProbability(20, 60, 1), 1);  // beyond it already
  EXPECT_LT(trend.CrossingProbability(0, 60, -1), 0.1);
}

TEST(Trend, OfNoiseIsNone) {
  std::mt19937 random(1);
  std::normal_distribution<double> noise(0, 1);
  const auto outlook = After(60, [&](int) { return noise(random); }).Look();
  EXPECT_LT(outlook.rising, 0.8);
  EXPECT_LT(outlook.falling, 0.8);
}

TEST(Trend, OfAStepIsNeverSure) {
  for (int when = 20; when < 60; ++when) {
    const Trend trend = After(60, [&](int t) { return t < when ? 0.3 : 0.6; });
    EXPECT_LT(trend.CrossingProbability(0.9, 120, 1), 0.8) << when;  // the far ends of all pairs: 4 buckets apart
  }
}

// A ramp of 10 s that is over is forgotten by the time its slopes leave the newest half of the window.
TEST(Trend, WhatHasEndedGoesNowhere) {
  std::mt19937 random(1);
  std::normal_distribution<double> noise(0, 0.003);
  const Trend trend = After(82, [&](int t) { return std::clamp(0.3 + 0.05 * (t - 50), 0.3, 0.8) + noise(random); });
  EXPECT_LT(trend.CrossingProbability(0.9, 120, 1), 0.3);
}

// Two steps are enough where the series was quiet: as far again is as likely as not.
TEST(Trend, WhatHasBegunGoesAsFarAgainInOneOfTwoCases) {
  std::mt19937 random(1);
  std::normal_distribution<double> noise(0, 0.002);
  const Trend trend = After(
      63, [&](int t) { return 0.3 + 0.1 * std::max(t - 59, 0) + noise(random); }, kEachTick);
  EXPECT_EQ(trend.Look().rising, 1);
  EXPECT_NEAR(trend.CrossingProbability(0.9, 120, 1), 0.5, 0.05);
  EXPECT_EQ(trend.CrossingProbability(0.1, 120, -1), 0);
}

// Noise before a jump, or after it, may look like a beginning: seldom, and then for a tick.
TEST(Trend, OneJumpHasNotBegunAnything) {
  double sum = 0;
  for (std::uint32_t seed = 0; seed < 50; ++seed) {
    std::mt19937 random(seed);
    std::normal_distribution<double> noise(0, 0.01);
    for (const int after : {61, 62, 63, 64}) {
      const Trend trend = After(
          after, [&](int t) { return (t < 60 ? 0.3 : 0.6) + noise(random); }, kEachTick);
      const double crossing = trend.CrossingProbability(0.9, 120, 1);
      EXPECT_LT(crossing, 0.6) << seed << " " << after;
      sum += crossing;
    }
  }
  EXPECT_LT(sum / 200, 0.15);
}

// The same rise is news in a series that was quiet, and none in one that has always gone up and down.
TEST(Trend, OfAWandererIsNoNews) {
  const auto ramp = [](int t) { return 0.4 + 0.005 * std::max(t - 1200, 0); };
  const Trend quiet = After(1240, ramp);
  const Trend wanderer = After(1240, [&](int t) { return ramp(t) + 0.2 * std::sin(std::min(t, 1200) * M_PI / 60); });
  EXPECT_GT(quiet.CrossingProbability(0.9, 120, 1), 0.7);
  EXPECT_LT(wanderer.CrossingProbability(0.9, 120, 1), 0.1);
}

TEST(Trend, InfinityTeachesNothing) {
  Trend with = After(60, [](int t) { return t; });
  const double before = with.Look().level;
  with.Learn(1.7e9 + 60, std::numeric_limits<double>::infinity(), kWindow);
  EXPECT_EQ(with.Look().level, before);
}

TEST(Trend, AGapBeginsAnew) {
  Trend trend = After(60, [](int t) { return t; });
  trend.Learn(1.7e9 + 60 + 3 * kWindow, 1000, kWindow);
  EXPECT_TRUE(telemetry::IsMissing(trend.Look().level));
  EXPECT_TRUE(telemetry::IsMissing(trend.CrossingProbability(1, 1, 1)));
}

TEST(Trend, KnowsNothingOfAYoungSeries) {
  EXPECT_TRUE(telemetry::IsMissing(After(10, [](int t) { return t; }).Look().level));
}

}  // namespace
}  // namespace forewarn::detectors
