// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <random>

#include "common/base/clock.h"

namespace forewarn::base {

// Exponential backoff with full jitter: the n-th wait is uniform in (0, min(max, initial · 2ⁿ)].
// https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
class Backoff {
 public:
  Backoff(Duration initial, Duration max, std::uint64_t seed) : initial_(initial), max_(max), random_(seed) {}
  Duration Next();
  void Reset() { attempt_ = 0; }

 private:
  Duration initial_, max_;
  int attempt_ = 0;
  std::mt19937_64 random_;
};

}  // namespace forewarn::base
