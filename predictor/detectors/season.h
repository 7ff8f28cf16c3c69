// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

namespace forewarn::detectors {

// One value, and what is known of its series.
struct SeasonLesson {
  double time = 0, value = 0, tick = 0;  // s since the epoch, signal's unit, s
  double around_level = 0;               // |value - level|, for comparison
  double floor = 0;                      // what stands for rounding and jitter, signal's unit
  double fast = 0, slow = 0;             // the part of the old that a tick replaces: of the drift, of the scales
};

// A profile of one series over a day, or over a week: the mean of each of its hours (UTC), and whether it explains the
// series better than its level does. Known after two of them; until it is proven it says nothing.
template <int kDays>
class Season {
 public:
  static constexpr int kBuckets = 24 * kDays;
  static constexpr double kLongestTick = 7200;  // s between samples; with longer ones an hour is not seen every day

  bool Known() const { return periods_ >= 2; }
  int periods() const { return periods_; }          // days, or weeks, that were learned, capped
  bool Proven() const;                              // its residuals are clearly smaller than those around the level
  double Expected(double time, double tick) const;  // in the signal's unit; only where Known
  double Scale() const { return residual_; }        // mean absolute residual
  // The residual's mean over the last few ticks, and the mean absolute value of that.
  double Drift() const { return drift_; }
  double DriftScale() const { return drift_scale_; }

  void Learn(const SeasonLesson& lesson);

 private:
  double Bucket(int bucket) const;
  void LearnScales(const SeasonLesson& lesson);
  void Close(double floor);

  std::array<std::uint16_t, kBuckets> profile_{};  // distance from base_, the upper half of a float
  float base_ = 0;
  float residual_ = 0, around_level_ = 0, drift_ = 0, drift_scale_ = 0;
  float sum_ = 0;               // of the hour being filled, as distance from base_
  std::uint16_t in_hour_ = 0;   // values
  std::uint16_t compared_ = 0;  // residuals that the scales know, capped
  std::int16_t hour_ = -1;
  std::uint8_t closed_ = 0;   // hours in this period
  std::uint8_t periods_ = 0;  // capped
};

extern template class Season<1>;
extern template class Season<7>;

}  // namespace forewarn::detectors
