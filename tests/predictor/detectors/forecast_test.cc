// SPDX-License-Identifier: Apache-2.0
#include "predictor/detectors/forecast.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <random>

namespace forewarn::detectors {
namespace {

using telemetry::IsMissing;
using telemetry::kMissing;

// One series under the detector; Next scores a value with what was known before it, then teaches it.
class Series {
 public:
  explicit Series(double step = 1) : step_(step) { instances_.SlotOf("vm"), signals_.SlotOf("x"); }
  Anomaly Next(double value, const Mask& mask = {}) {
    const telemetry::Snapshot snapshot{time_ += step_, &instances_, &signals_, {{value}}};
    AnomalyColumns columns;
    columns.Clear(snapshot);
    detector_.Score(snapshot, columns);
    detector_.Learn(snapshot, mask);
    return columns[0][0];
  }
  Forecast detector_;

 private:
  double step_, time_ = 1.7e9;
  telemetry::Names instances_, signals_;
};

std::function<double()> Noise(double mean, double deviation) {
  auto random = std::make_shared<std::mt19937>(7);
  return [=] { return std::normal_distribution<double>(mean, deviation)(*random); };
}

TEST(Forecast, ScoresAreComparableBetweenSeriesOfAnyScale) {
  for (const double scale : {1e-6, 1.0, 1e9}) {
    Series series;
    auto noise = Noise(10 * scale, scale);
    int alarms = 0;
    for (int i = 0; i < 20000; ++i) alarms += series.Next(noise()).score >= 1;
    EXPECT_LE(alarms, 8) << scale;
    EXPECT_GE(series.Next(30 * scale).score, 1) << scale;
  }
}

TEST(Forecast, ANewLevelIsStrangeAndThenOrdinary) {
  Series series;
  auto noise = Noise(0, 1);
  for (int i = 0; i < 600; ++i) (void)series.Next(noise());
  EXPECT_GE(series.Next(50).score, 1);
  int strange = 0;
  for (int i = 0; i < 600; ++i) strange += series.Next(50 + noise()).score >= 1;
  EXPECT_GE(strange, 10);
  EXPECT_LE(strange, 150);
  EXPECT_NEAR(series.Next(50).expected, 50, 3);
}

TEST(Forecast, MissingTeachesNothingAndIsNotJudged) {
  Series series;
  auto noise = Noise(5, 1);
  for (int i = 0; i < 100; ++i) (void)series.Next(noise());
  const double expected = series.Next(5).expected;
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(IsMissing(series.Next(kMissing).score));
  EXPECT_NEAR(series.Next(5).expected, expected, 0.2);
}

TEST(Forecast, WhatIsMaskedTeachesNothing) {
  Series series;
  for (int i = 0; i < 100; ++i) (void)series.Next(1 + i % 2);
  for (int i = 0; i < 500; ++i) (void)series.Next(100, {true});
  EXPECT_GE(series.Next(100).score, 1);
}

TEST(Forecast, AYoungSeriesIsNotJudged) {
  Series series(15);
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(IsMissing(series.Next(1).score)) << i;
  (void)series.Next(1);
  EXPECT_FALSE(IsMissing(series.Next(1).score));
}

TEST(Forecast, AFlatSeriesIsOrdinaryUntilItMoves) {
  Series series;
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(series.Next(0.5).score >= 0.5);
  EXPECT_GE(series.Next(0.6).score, 1);
}

TEST(Forecast, InfiniteValuesTeachNothing) {
  Series series;
  for (int i = 0; i < 100; ++i) (void)series.Next(i % 3);
  (void)series.Next(INFINITY);
  EXPECT_TRUE(std::isfinite(series.Next(1).expected));
}

TEST(Forecast, ComesBackAsItWas) {
  Series series;
  auto noise = Noise(5, 1);
  for (int i = 0; i < 200; ++i) (void)series.Next(noise());
  Archive saved;
  series.detector_.Save(saved);
  Series other = series;
  other.detector_ = Forecast();
  Archive read(saved.bytes());
  ASSERT_TRUE(other.detector_.Restore(read));
  const Anomaly a = series.Next(7), b = other.Next(7);
  EXPECT_EQ(a.score, b.score);
  EXPECT_EQ(a.expectation().upper(), b.expectation().upper());
  for (std::size_t length = 0; length < saved.bytes().size(); ++length) {
    Archive damaged(saved.bytes().substr(0, length));
    EXPECT_FALSE(other.detector_.Restore(damaged)) << length;
  }
  EXPECT_TRUE(IsMissing(other.Next(7).score));  // fresh, never half
}

}  // namespace
}  // namespace forewarn::detectors
