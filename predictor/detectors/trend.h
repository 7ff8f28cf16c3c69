// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "predictor/detectors/archive.h"
#include "predictor/detectors/cadence.h"
#include "predictor/telemetry/snapshot.h"

namespace forewarn::detectors {

// Where one series is going: the values of a recent window as a few means, and all slopes between them, after Theil
// (1950) and Sen (1968). Their distribution, not a normal one, says how sure a trend is: noise has slopes of both
// signs, a step has half of them, only a ramp has them all. A series that wanders falls as much as it rises: how fast
// it has usually gone back is what a trend must exceed to mean anything.
class Trend {
 public:
  static constexpr std::size_t kBuckets = 16;

  struct Outlook {
    double level = telemetry::kMissing;  // now, in the signal's unit; kMissing: too little is known
    double slope = 0;                    // median, per s
    double rising = 0, falling = 0;      // how surely, 0 to 1
  };
  const Outlook& Look() const { return outlook_; }
  // P(the level is at or beyond `limit` within `horizon` s): the part of the slopes that gets there, less where the
  // newest half of the window no longer goes there. 1 where it is there already; `limit` above the level when above is
  // 1, below it when -1.
  double CrossingProbability(double limit, double horizon, double above) const;

  // `window` in s. A gap, or an instance that was away, begins anew; a value that is not finite teaches nothing.
  void Learn(double time, double value, double window);

 private:
  struct Slopes {
    std::array<double, kBuckets * kBuckets / 2> of;
    std::size_t count = 0;
  };
  // Of the newest means, all in one direction and each far beyond what was usual before; 0: there is none.
  struct Run {
    double rise = 0;  // in the signal's unit; below 0: it falls
    double pace = 0;  // per s
  };
  Run NewestRun() const;
  void Open(double time, double value);
  void Remember(double elapsed, double window);
  Outlook Evaluate() const;
  double BucketTime(std::size_t age) const { return times_[(newest_ + kBuckets - age) % kBuckets]; }
  double BucketValue(std::size_t age) const { return values_[(newest_ + kBuckets - age) % kBuckets]; }
  Slopes SlopesOfNewest(std::size_t buckets) const;
  double Level() const;

  std::array<double, kBuckets> times_{};  // mean time of each bucket, s since the epoch
  std::array<float, kBuckets> values_{};
  std::uint8_t newest_ = 0, filled_ = 0;
  float in_newest_ = 0;                    // values in the newest bucket
  double opened_ = 0;                      // s since the epoch
  float usual_rise_ = 0, usual_fall_ = 0;  // means of the slope's two parts over a long memory, per s
  Outlook outlook_;
};

}  // namespace forewarn::detectors
