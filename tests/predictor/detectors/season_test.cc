// SPDX-License-Identifier: Apache-2.0
#include "predictor/detectors/season.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

namespace forewarn::detectors {
namespace {

constexpr double kDay = 86400, kTick = 300;

double Daily(double time) { return 1e6 + 100 * std::sin(2 * M_PI * time / kDay); }

Season Learn(double days, const std::function<double(double)>& value, double tick = kTick) {
  Season season;
  for (double t = 0; t <= days * kDay + tick; t += tick) {
    season.Learn({t, value(t), tick, std::abs(value(t) - 1e6), 1e-3, 1.0 / 9, 1.0 / 1500});
  }
  return season;
}

TEST(Season, IsKnownAfterTwoDaysAndProvenWhereItExplains) {
  EXPECT_FALSE(Learn(1.9, Daily).Known());
  EXPECT_TRUE(Learn(2.1, Daily).Known());
  EXPECT_FALSE(Learn(2.01, Daily).Proven());
  EXPECT_TRUE(Learn(4, Daily).Proven());
  EXPECT_FALSE(Learn(4, [](double t) { return 1e6 + 100 * std::sin(t * t); }).Proven());
}

TEST(Season, ExpectsWhatTheHourUsedToBe) {
  const Season season = Learn(5, Daily);
  for (double t = 5 * kDay; t < 6 * kDay; t += 1700) EXPECT_NEAR(season.Expected(t, kTick), Daily(t), 8) << t;
}

TEST(Season, WithOneSampleAnHourTheHourIsTheSample) {
  const Season season = Learn(5, Daily, 3600);
  for (double t = 5 * kDay; t < 6 * kDay; t += 3600) EXPECT_NEAR(season.Expected(t, 3600), Daily(t), 3) << t;
}

TEST(Season, OneStrangeDayMovesItLittle) {
  const Season season = Learn(7, [](double t) { return t > 6 * kDay ? Daily(t) + 1e5 : Daily(t); });
  EXPECT_NEAR(season.Expected(7 * kDay, kTick), Daily(7 * kDay), 60);
}

TEST(Season, NeedsSeveralSamplesADay) { EXPECT_FALSE(Learn(30, Daily, 10000).Known()); }

}  // namespace
}  // namespace forewarn::detectors
