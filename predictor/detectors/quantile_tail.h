// SPDX-License-Identifier: Apache-2.0
#pragma once

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
  double Score(double deviation, double alarm) const;
  double AlarmLevel(double alarm) const;  // the deviation whose score is 1.0
  void Learn(double deviation);

 private:
  float seen_ = 0;  // values, capped
  float threshold_ = 0;
  float excess_ = 0;  // mean of what lies above the threshold
};

}  // namespace forewarn::detectors
