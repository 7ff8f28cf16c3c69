// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "predictor/telemetry/snapshot.h"

namespace forewarn::detectors {

// How far apart the ticks are, discovered from their times. Every window of a detector is a duration that is at least
// so many ticks long, so that 1 s and 60 s both work. An interval of three ticks or more is a gap; kChanged of them in
// a row are no gaps but a new cadence: the mean of them.
class Cadence {
 public:
  static constexpr int kChanged = 3;
  // The time of the tick to come. Returns the seconds since the one before; kMissing for the first.
  double Advance(double time);
  double tick() const { return tick_; }  // s; 0 before the second tick
  // A window of `seconds`, but of `ticks` ticks at least.
  double Window(double seconds, double ticks) const { return seconds > ticks * tick_ ? seconds : ticks * tick_; }
  // A gap after which a trend says nothing any more.
  bool IsGap(double elapsed) const { return tick_ > 0 && elapsed > 5 * tick_; }

 private:
  double last_ = telemetry::kMissing;
  double tick_ = 0;
  double long_ = 0;  // s: the long intervals that there were just now
  int longs_ = 0;
};

}  // namespace forewarn::detectors
