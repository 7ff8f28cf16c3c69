// SPDX-License-Identifier: Apache-2.0
#include "predictor/detectors/novelty.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <random>

namespace forewarn::detectors {
namespace {

using telemetry::IsMissing;
using telemetry::kMissing;

// One series; Next scores a value with what was known before it, then teaches it.
class Series {
 public:
  explicit Series(double step = 60) : step_(step) { instances_.SlotOf("vm"), signals_.SlotOf("x"); }
  double Next(double value, const Mask& mask = {}) {
    const telemetry::Snapshot snapshot{time_ += step_, &instances_, &signals_, {{value}}};
    SurpriseColumns columns;
    novelty_.Tick(snapshot, mask, columns);
    return columns[0][0];
  }
  void Run(int ticks, const std::function<double()>& value) {
    for (int i = 0; i < ticks; ++i) highest_ = std::fmax(highest_, Next(value()));
  }
  double HighestOf(int ticks, const std::function<double()>& value) {
    highest_ = 0;
    Run(ticks, value);
    return highest_;
  }
  double time() const { return time_; }
  Novelty novelty_;

 private:
  double step_, time_ = 1.7e9, highest_ = 0;
  telemetry::Names instances_, signals_;
};

std::function<double()> Noise(double mean, double deviation) {
  return [=, random = std::mt19937(7)]() mutable { return std::normal_distribution<double>(mean, deviation)(random); };
}

TEST(Novelty, IsEquallyRareInSeriesOfAnyScale) {
  for (const double scale : {1e-6, 1.0, 1e9}) {
    Series series;
    series.Run(3000, Noise(10 * scale, scale));
    int rare = 0;
    auto noise = Noise(10 * scale, scale);
    for (int i = 0; i < 10000; ++i) rare += series.Next(noise()) > 8;
    EXPECT_LE(rare, 12) << scale;  // a few statistics, each e^-8 = 3e-4 of the time, less what a fall must be more
    EXPECT_GT(series.Next(30 * scale), 9) << scale;
  }
}

TEST(Novelty, ANewLevelIsASurpriseAndThenOrdinary) {
  Series series;
  series.Run(2000, Noise(0, 1));
  EXPECT_GT(series.Next(50), 10);
  series.Run(1500, Noise(50, 1));
  EXPECT_LT(series.HighestOf(200, Noise(50, 1)), 9);
  EXPECT_GT(series.Next(0), 6);  // the old level is the news now
}

TEST(Novelty, MissingAndInfiniteAreNotJudgedAndTeachNothing) {
  Series series, other;
  auto noise = Noise(5, 1);
  for (int i = 0; i < 200; ++i) {
    const double value = noise();
    (void)series.Next(value), (void)other.Next(value);
  }
  EXPECT_TRUE(IsMissing(series.Next(kMissing)));
  EXPECT_TRUE(IsMissing(series.Next(INFINITY)));
  (void)other.Next(kMissing), (void)other.Next(kMissing);
  EXPECT_EQ(series.Next(9), other.Next(9));
}

TEST(Novelty, AGapIsNoStep) {
  Series series;
  series.Run(500, Noise(100, 1));
  for (int i = 0; i < 50; ++i) (void)series.Next(kMissing);
  EXPECT_LT(series.HighestOf(50, Noise(100, 1)), 8);
}

TEST(Novelty, WhatIsMaskedTeachesNothing) {
  Series series;
  series.Run(300, Noise(1, 0.1));
  for (int i = 0; i < 500; ++i) (void)series.Next(100, {true});
  EXPECT_GT(series.Next(100), 8);
}

TEST(Novelty, AYoungSeriesIsNotJudged) {
  Series series(15);
  for (std::uint32_t i = 0; i < Novelty::kWarmUp; ++i) EXPECT_TRUE(IsMissing(series.Next(i % 3))) << i;
  EXPECT_FALSE(IsMissing(series.Next(1)));
}

TEST(Novelty, AFlatSeriesIsOrdinaryUntilItMoves) {
  Series series;
  EXPECT_EQ(series.HighestOf(1000, [] { return 0.5; }), 0);
  EXPECT_LT(series.Next(0.50001), 6);
  EXPECT_GT(series.Next(0.6), 8);
}

TEST(Novelty, ASparseSeriesIsOrdinaryOnceItsSpikesAreKnown) {
  auto spikes = [random = std::mt19937(5)]() mutable {
    return random() % 50 == 0 ? 10.0 + static_cast<double>(random() % 10) : 0.0;
  };
  Series series;
  series.Run(3000, spikes);
  int rare = 0;
  for (int i = 0; i < 3000; ++i) rare += series.Next(spikes()) > 10;
  EXPECT_LE(rare, 3);
}

TEST(Novelty, ASeriesThatOnlyGrowsIsOrdinary) {
  Series series;
  double count = 0;
  const auto counter = [&count, random = std::mt19937(5)]() mutable {
    return count += static_cast<double>(random() % 100);
  };
  series.Run(3000, counter);
  EXPECT_LT(series.HighestOf(3000, counter), 9);
}

TEST(Novelty, AFallIsWeakerEvidenceThanARise) {
  Series up, down;
  up.Run(1000, Noise(0, 1));
  down.Run(1000, Noise(0, 1));
  EXPECT_GT(up.Next(20), down.Next(-20) + 1);
}

TEST(Novelty, AStillSeriesThatComesAliveIsASurprise) {
  Series series;
  series.Run(2000, Noise(100, 1));
  EXPECT_GT(series.HighestOf(30, [up = false]() mutable { return (up = !up) ? 103.5 : 96.5; }), 7);
}

TEST(Novelty, AProvenDailySeasonIsHeldAgainst) {
  Series series(600);
  auto noise = Noise(0, 1);
  const auto daily = [&](double shift) {
    return [&, shift] { return 100 * std::sin(2 * M_PI * (series.time() + shift) / 86400) + noise(); };
  };
  series.Run(144 * 10, daily(0));
  EXPECT_LT(series.HighestOf(144, daily(0)), 8);
  EXPECT_GT(series.HighestOf(144, daily(43200)), 8);  // day and night change places
}

TEST(Novelty, AProvenWeeklySeasonIsHeldAgainst) {
  Series series(1800);
  auto noise = Noise(0, 1);
  constexpr double kDay = 86400, kWeek = 7 * kDay;
  const auto busy = [&](double peak) { return peak * std::sin(2 * M_PI * series.time() / kDay) + noise(); };
  const auto weekly = [&] { return busy(std::fmod(series.time(), kWeek) < 5 * kDay ? 100 : 20); };
  while (std::fmod(series.time(), kWeek) > 1800) (void)series.Next(weekly());
  series.Run(48 * 7 * 5, weekly);
  EXPECT_LT(series.HighestOf(48 * 7, weekly), 8);
  series.Run(48 * 5, weekly);
  EXPECT_GT(series.HighestOf(48, [&] { return busy(100); }), 8);  // a weekend at work
}

// The last of more series than are watched at a time is the only one that has a season.
TEST(Novelty, SeriesWithoutASeasonMakeRoomForOthers) {
  const std::size_t size = Novelty::kSeasons + 4;
  telemetry::Names instances, signals;
  signals.SlotOf("x");
  for (std::size_t i = 0; i < size; ++i) instances.SlotOf(std::to_string(i));
  telemetry::Snapshot snapshot{1.7e9, &instances, &signals, {std::vector<double>(size)}};
  Novelty novelty;
  SurpriseColumns columns;
  auto noise = Noise(0, 1);
  const auto highest_of = [&](int days, double shift) {
    double highest = 0;
    for (int hour = 0; hour < 24 * days; ++hour) {
      snapshot.time += 3600;
      std::generate(snapshot.columns[0].begin(), snapshot.columns[0].end(), std::ref(noise));
      snapshot.columns[0].back() += 100 * std::sin(2 * M_PI * (snapshot.time + shift) / 86400);
      novelty.Tick(snapshot, {}, columns);
      highest = std::fmax(highest, columns[0].back());
    }
    return highest;
  };
  (void)highest_of(20, 0);
  EXPECT_LT(highest_of(1, 0), 8);
  EXPECT_GT(highest_of(1, 43200), 8);
}

TEST(Novelty, ComesBackAsItWas) {
  Series series;
  series.Run(300, Noise(5, 1));
  Archive saved;
  series.novelty_.Save(saved);
  Series other = series;
  other.novelty_ = Novelty();
  Archive read(saved.bytes());
  ASSERT_TRUE(other.novelty_.Restore(read));
  EXPECT_EQ(series.Next(9), other.Next(9));
  for (std::size_t length = 0; length < saved.bytes().size(); ++length) {
    Archive damaged(saved.bytes().substr(0, length));
    EXPECT_FALSE(other.novelty_.Restore(damaged)) << length;
  }
  EXPECT_TRUE(IsMissing(other.Next(7)));  // fresh, never half
}

TEST(Novelty, KeepsLittlePerSeries) { EXPECT_LE(Novelty::StateBytes(), 150u); }

}  // namespace
}  // namespace forewarn::detectors
