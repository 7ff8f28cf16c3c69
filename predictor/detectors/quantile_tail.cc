// SPDX-License-Identifier: Apache-2.0
#include "predictor/detectors/quantile_tail.h"

#include <algorithm>

namespace forewarn::detectors {
namespace {

constexpr float kQuantile = 0.98f;    // where the tail begins
constexpr float kStep = 0.02f;        // of the threshold, per value
constexpr float kExcessRate = 0.02f;  // per value above the threshold
constexpr float kFarthest = 10;       // excesses: what is farther pulls no harder
constexpr float kLeastExcess = 0.1f;  // of the threshold: a tail is never taken for thinner
constexpr float kYoung = 50;          // values

}  // namespace

void QuantileTail::Learn(double deviation) {
  const auto value = static_cast<float>(deviation);
  seen_ = std::min(seen_ + 1, 1e6f);
  if (seen_ <= kYoung) {  // about three means of a positive stream: near enough to begin with
    threshold_ += (3 * value - threshold_) / seen_;
    excess_ = std::max(threshold_ / 3, 1e-6f);
    return;
  }
  const float step = kStep * std::max(threshold_, 1e-6f);
  const bool above = value > threshold_;
  if (above) excess_ += kExcessRate * (std::min(value - threshold_, kFarthest * excess_) - excess_);
  threshold_ += above ? step * kQuantile : -step * (1 - kQuantile);
  excess_ = std::max(excess_, kLeastExcess * threshold_);
}

}  // namespace forewarn::detectors
