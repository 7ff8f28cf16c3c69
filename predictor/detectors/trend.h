// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "predictor/detectors/archive.h"
#include "predictor/detectors/cadence.h"
#include "predictor/telemetry/snapshot.h"

namespace forewarn::detectors {

// Where one series is going: the values of a recent window as a few means, and the slopes between them, after Theil
// (1950) and Sen (1968). Their distribution, not a normal one, says how sure a trend is: noise has slopes of both
// signs, a step has half of them, only a ramp has them all. A series that wanders falls as much as it rises: how fast
// it has usually gone back is what a trend must exceed to mean anything.
class Trend {
 public:
  static constexpr std::size_t kBuckets = 16;

  struct Outlook {
    float level = static_cast<float>(telemetry::kMissing);  // now, in the signal's unit; kMissing: too little is known
    float slope = 0;                                        // median of slopes half a window long (Theil), per s
    float rising = 0, falling = 0;                          // how surely, 0 to 1
  };
  // Worked out where it is asked for, once per value.
  Outlook Look() const;
  // P(the level is at or beyond `limit` within `horizon` s): the part of the slopes that gets there, less where the
  // newest half of the window no longer goes there, and where that is far ahead. What has only begun goes as far again
  // in one of two cases (Gott, Nature 363, 1993). 1 where it is there already; `limit` above the level when above is 1,
  // below it when -1.
  double CrossingProbability(double limit, double horizon, double above) const;

  // `window` in s. A gap, or an instance that was away, begins anew; a value that is not finite teaches nothing.
  void Learn(double time, double value, double window);

 private:
  static constexpr std::size_t kMinDistance = 4;  // buckets between the ends of a slope: nearer ones are mostly noise
  using Newest = std::array<float, kBuckets>;     // of each bucket, the newest first
  // Bucket by bucket, with room for what is compared beyond the oldest: NaN, which is neither more nor less.
  using Line = std::array<float, kBuckets + kBuckets - kMinDistance>;
  struct Ends {
    int up = 0, down = 0;  // pairs of buckets of which the later one is above, below
  };

  // Of the newest values, all in one direction and each far beyond what was usual before; 0: there is none.
  struct Run {
    float rise = 0;  // in the signal's unit; below 0: it falls
    float pace = 0;  // per s
  };

  enum Seen : std::uint8_t { kStale, kPlain = 2, kRuns };  // by NewestRun

  void Open(double time, double value);
  void Remember(double elapsed, double window);
  Newest Ages() const;
  void WorkOut() const;
  float Slope(const Newest& ages) const;
  Run NewestRun() const;
  double Going(const Newest& ages, double pace) const;
  double Lasting(double missing, double horizon, double above) const;
  double Begun(double limit, double horizon, double above) const;
  Line Flattened(const Newest& ages, double slope) const;
  static Ends Compare(const Line& line);
  template <std::size_t kLater>
  static void CompareAt(std::size_t distance, const Line& line, Ends& ends);
  static double PairsOf(std::size_t buckets);

  double opened_ = 0;  // s since the epoch: the newest bucket
  Newest values_{};
  std::array<std::uint16_t, kBuckets> steps_{};  // the upper half of a float, s: from the bucket before to each;
                                                 // the newest: from the mean time of the one before to opened_
  float mean_ = 0;                               // s after opened_: the mean time of the newest bucket
  float usual_rise_ = 0, usual_fall_ = 0;        // means of the slope's two parts over a long memory, per s
  mutable float slope_ = 0, surely_ = 0;         // of the outlook; how surely it rises, below 0: falls
  std::uint16_t in_newest_ = 0;                  // values in the newest bucket
  std::uint8_t filled_ = 0;
  mutable std::uint8_t seen_ = kStale;  // what the outlook, of the newest value, is of
};

}  // namespace forewarn::detectors
