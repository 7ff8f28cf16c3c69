// SPDX-License-Identifier: Apache-2.0
#include "predictor/detectors/season.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

namespace forewarn::detectors {
namespace {

constexpr double kDay = 86400, kTick = 300;

double Daily(double time) { return 1e6 + 100 * std::sin(2 * M_PI * time / kDay); }

// Quiet at the weekend.
double Weekly(double time) { return std::fmod(time, 7 * kDay) < 5 * kDay ? Daily(time) + 300 : 1e6; }

template <int kDays = 1>
Season<kDays> Learn(double days, const std::function<double(double)>& value, double tick = kTick) {
  Season<kDays> season;
  for (double t = 0; t <= days * kDay + tick; t += tick) {
    season.Learn({t, value(t), tick, std::abs(value(t) - 1e6), 1e-3, 1.0 / 9, 1.0 / 1500});
  }
  return season;
}

TEST(Season, IsKnownAfterTwoDaysAndProvenAfterAThirdWhereItExplains) {
  EXPECT_FALSE(Learn(1.9, Daily).Known());
  EXPECT_TRUE(Learn(2.1, Daily).Known());
  EXPECT_FALSE(Learn(2.9, Daily).Proven());
  EXPECT_TRUE(Learn(3.1, Daily).Proven());
  EXPECT_FALSE(Learn(4, [](double t) { return 1e6 + 100 * std::sin(t * t); }).Proven());
}

TEST(Season, ExpectsWhatTheHourUsedToBe) {
  const auto season = Learn(5, Daily);
  for (double t = 5 * kDay; t < 6 * kDay; t += 1700) EXPECT_NEAR(season.Expected(t, kTick), Daily(t), 8) << t;
}

TEST(Season, WithOneSampleAnHourTheHourIsTheSample) {
  const auto season = Learn(5, Daily, 3600);
  for (double t = 5 * kDay; t < 6 * kDay; t += 3600) EXPECT_NEAR(season.Expected(t, 3600), Daily(t), 3) << t;
}

TEST(Season, OneStrangeDayMovesItLittle) {
  const auto season = Learn(7, [](double t) { return t > 6 * kDay ? Daily(t) + 1e5 : Daily(t); });
  EXPECT_NEAR(season.Expected(7 * kDay, kTick), Daily(7 * kDay), 60);
}

TEST(Season, OfAWeekKnowsTheWeekend) {
  EXPECT_FALSE(Learn<7>(13.9, Weekly).Known());
  EXPECT_FALSE(Learn<7>(20.9, Weekly).Proven());
  EXPECT_TRUE(Learn<7>(21.1, Weekly).Proven());
  const auto week = Learn<7>(28, Weekly);
  EXPECT_LT(week.Scale(), 0.5 * Learn<1>(28, Weekly).Scale());
  for (const double t : {28.5 * kDay, 32.7 * kDay, 33.5 * kDay, 34.2 * kDay})
    EXPECT_NEAR(week.Expected(t, kTick), Weekly(t), 10) << t;
}

TEST(Season, NeedsSeveralSamplesADay) { EXPECT_FALSE(Learn(30, Daily, 10000).Known()); }

}  // namespace
}  // namespace forewarn::detectors
