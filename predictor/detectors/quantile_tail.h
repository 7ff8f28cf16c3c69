// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace forewarn::detectors {

// How rare one value of a stream of deviations (0 and more, any unit) is in the stream's own past, as a score that is
// comparable between streams: linear in the logarithm of the tail probability, 1.0 at the alarm probability. Above a
// high quantile the tail is taken as exponential, after SPOT (Siffer et al., KDD 2017); the quantile is tracked by
// stochastic approximation (Robbins and Monro, 1951).
class QuantileTail {
 public:
  static constexpr double kMaxScore = 10;

  // `alarm`: the probability per value at which the score is 1.0, below 0.02.
  double Score(double deviation, double alarm) const {
    const double log_alarm = std::log(alarm);  // of constants, where this is inlined
    if (deviation <= threshold_) return threshold_ > 0 ? kAtThreshold / log_alarm * deviation / threshold_ : 0;
    const double excess = std::max<double>(excess_, 1e-9);
    return std::min((kAtThreshold - (deviation - threshold_) / excess) / log_alarm, kMaxScore);
  }
  // The deviation whose score is 1.0.
  double AlarmLevel(double alarm) const { return threshold_ + excess_ * (kAtThreshold - std::log(alarm)); }
  void Learn(double deviation);

 private:
  static constexpr double kAtThreshold = -3.912023005428146;  // ln 0.02: the tail begins at the 98 % quantile
  float seen_ = 0;                                            // values, capped
  float threshold_ = 0;
  float excess_ = 0;  // mean of what lies above the threshold
};

}  // namespace forewarn::detectors
