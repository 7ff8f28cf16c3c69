// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>

namespace forewarn::detectors {

// What is ordinary for one series: a level and a scale that move slowly, so that the values of all series can be put
// into one vector. A far value pulls no harder than kFar scales (Huber, 1964).
class Baseline {
 public:
  static constexpr float kFar = 5;

  // In scales from the level. A flat series has no scale of its own: a part of the farthest that it has ever been, or
  // of its level, stands for rounding and jitter.
  double Normalised(double value) const { return (value - level_) / Scale(); }
  double Value(double normalised) const { return level_ + normalised * Scale(); }
  double Scale() const {
    return std::max({static_cast<double>(scale_), 0.003 * static_cast<double>(peak_), 1e-3 * std::abs(level_), 1e-9});
  }
  float seen() const { return seen_; }  // values, capped

  // `rate`: of an old series, per value; a young one learns as a plain mean does.
  void Learn(double value, double rate) {
    seen_ = std::min(seen_ + 1, 1e6f);
    if (seen_ == 1) {
      level_ = value;
      return;
    }
    const double residual = value - level_, far = kFar * Scale();
    const double pull = seen_ < 60 ? residual : std::clamp(residual, -far, far);
    rate = std::max(rate, 1.0 / seen_);
    level_ += rate * pull;
    scale_ += static_cast<float>(rate * (std::abs(pull) - scale_));
    peak_ = std::max(static_cast<float>(peak_ * (1 - rate)), static_cast<float>(std::abs(residual)));
  }

 private:
  double level_ = 0;  // signal's unit
  float scale_ = 0;   // mean absolute residual, signal's unit
  float peak_ = 0;    // farthest residual, fading, signal's unit
  float seen_ = 0;
};

}  // namespace forewarn::detectors
