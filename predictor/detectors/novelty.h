// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "predictor/detectors/cadence.h"
#include "predictor/detectors/detector.h"
#include "predictor/detectors/pool.h"
#include "predictor/detectors/season.h"
#include "predictor/detectors/tail.h"

namespace forewarn::detectors {

// In nats, [signal slot][instance slot]; kMissing where it cannot be judged (no value, or still warming up).
using SurpriseColumns = std::vector<std::vector<float>>;

// How rare what each series does now is in its own past: -ln of a tail probability, comparable between series. A few
// statistics are each held against their own tail: the residuals around three levels (minutes, the recent past, the
// long run), how lively the series is, and once a season is proven, of the day or, where that is clearly better, of the
// week, the residuals around it. The rarest counts.
//
// Stated behaviour: a missing or infinite value is not judged and teaches nothing; a series is judged after kWarmUp
// values; a flat one is ordinary until it moves by more than a thousandth of itself; a sparse one (zero but for spikes)
// is ordinary once its spikes are as frequent as its own tail says; a new level is a surprise and then taken over; a
// fall is weaker evidence than a rise, and less liveliness than more, since quiet is the rest state of telemetry. A
// daily season is looked for in kSeasons series and a quarter of all, then a weekly one in kWeeks of them: where there
// are more, those that have been watched for kTrial days, or kWeekTrial weeks, and have none make room.
class Novelty {
 public:
  static constexpr std::uint32_t kWarmUp = 40;  // values

  // Each value is held against what was known before it, and then learned: no look-ahead. `mask`: instances that teach
  // nothing.
  void Tick(const telemetry::Snapshot& snapshot, const Mask& mask, SurpriseColumns& columns);
  void Save(Archive& archive) const;
  base::Result<void> Restore(Archive& archive);  // kInvalid: damaged or of another version; the state is then fresh
  static constexpr std::size_t kSeasons = 4096, kWeeks = 1024;
  static constexpr int kTrial = 5, kWeekTrial = 3;                     // days, weeks
  static constexpr std::size_t StateBytes() { return sizeof(State); }  // per series, without a season

 private:
  enum Statistic { kMinutes, kRecent, kLongRun, kLiveliness, kSeason, kSeasonDrift, kStatistics };
  static constexpr int kLevels = 3;
  struct Distances {
    std::array<double, kStatistics> of{};  // in scales, with a sign; 0: says nothing
    double liveliness = 0;                 // logarithm of the ratio to what it is in the long run
  };

  struct Sides {
    Tail above, below;
  };
  // Of one series in which a season is looked for.
  struct Seasonal {
    Season<1> day;
    std::uint32_t week = 0;  // place among the weeks; 0: none
    std::array<Sides, kStatistics - kSeason> tails{};
  };
  // Of one series.
  struct State {
    std::array<float, kLevels> level{};           // signal's unit
    std::array<float, kLevels> scale{};           // mean absolute residual around each
    std::array<std::int16_t, kLevels - 1> far{};  // from kRecent: values in a row far to one side, with their sign
    std::uint16_t total = 0;                      // values that the tails know
    std::uint16_t seen = 0;                       // values, capped
    float previous = 0;
    float step = 0;              // mean absolute step between values, bounded
    float lively = 0, calm = 0;  // the same over minutes, unbounded, and in the long run
    float liveliness_scale = 0;  // mean absolute log ratio of the two
    std::uint32_t season = 0;    // place among the seasons; 0: none
    std::uint16_t tick = 0;      // number of the newest value's tick, modulo 2^16
    std::array<Sides, kSeason> tails{};
  };
  // The part of the old that one tick replaces, at the discovered cadence.
  struct Rates {
    std::array<double, kLevels> level{};
    std::array<double, kLevels> patience{};  // values far to one side that make a new level
  };

  float See(State& state, double value, bool teaches);
  const Sides& SidesOf(const State& state, int statistic) const;
  Distances DistancesOf(const State& state, double value, double floor) const;
  double SurpriseOf(const State& state, const Distances& distances) const;
  void Absorb(State& state, double value, const Distances& distances);
  void AbsorbTails(State& state, const Distances& distances);
  void AbsorbLevels(State& state, double value, double floor) const;
  void AbsorbLiveliness(State& state, double value, double floor, double ratio) const;
  void AbsorbSeason(State& state, double value, double floor);
  void AbsorbWeek(Seasonal& seasonal, const SeasonLesson& lesson);
  bool Weekly(const Seasonal& seasonal) const;
  bool Proven(const Seasonal& seasonal) const { return seasonal.day.Proven() || Weekly(seasonal); }
  base::Result<void> Settle();
  Rates RatesNow() const;

  Cadence cadence_;
  double now_ = 0;           // s since the epoch: of the tick being seen
  std::uint16_t ticks_ = 0;  // modulo 2^16
  Rates rates_;
  std::vector<std::vector<State>> states_;  // [signal slot][instance slot]
  Pool<Seasonal> seasons_;
  Pool<Season<7>> weeks_;
  std::size_t series_ = 0;  // that have been seen
};

}  // namespace forewarn::detectors
