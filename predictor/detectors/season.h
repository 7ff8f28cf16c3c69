// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

namespace forewarn::detectors {

// A daily profile of one series: the mean of each hour of the day (UTC), and whether it explains the series better than
// its level does. Known after two days; until it is proven it says nothing.
class Season {
 public:
  static constexpr int kBuckets = 24;
  static constexpr double kLongestTick = 7200;  // s between samples; with longer ones an hour is not seen every day

  bool Known() const { return days_ >= 2; }
  int days() const { return days_; }                // learned, capped
  bool Proven() const;                              // its residuals are clearly smaller than those around the level
  double Expected(double time, double tick) const;  // in the signal's unit; only where Known
  double Scale() const { return residual_; }        // mean absolute residual
  // The residual's mean over the last few ticks, and the mean absolute value of that.
  double Drift() const { return drift_; }
  double DriftScale() const { return drift_scale_; }

  struct Lesson {
    double time = 0, value = 0, tick = 0;  // s since the epoch, signal's unit, s
    double around_level = 0;               // |value - level|, for comparison
    double floor = 0;                      // what stands for rounding and jitter, signal's unit
    double fast = 0, slow = 0;             // the part of the old that a tick replaces: of the drift, of the scales
  };
  void Learn(const Lesson& lesson);

 private:
  double Bucket(int bucket) const;
  void LearnScales(const Lesson& lesson);
  void Close(double floor);

  std::array<std::uint16_t, kBuckets> profile_{};  // distance from base_, the upper half of a float
  float base_ = 0;
  float residual_ = 0, around_level_ = 0, drift_ = 0, drift_scale_ = 0;
  float sum_ = 0;               // of the hour being filled, as distance from base_
  std::uint16_t in_hour_ = 0;   // values
  std::uint16_t compared_ = 0;  // residuals that the scales know, capped
  std::int8_t hour_ = -1;
  std::uint8_t closed_ = 0;  // hours in this day
  std::uint8_t days_ = 0;    // capped
};

}  // namespace forewarn::detectors
