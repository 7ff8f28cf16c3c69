// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>

#include "common/base/clock.h"

namespace forewarn::fakes {

// Time that stands still until a test moves it; safe to move while other threads read it.
class FakeClock : public base::Clock {
 public:
  explicit FakeClock(base::WallTime start = base::FromSeconds(1'700'000'000)) : start_(start) {}

  base::WallTime Now() const override {
    return start_ + std::chrono::duration_cast<base::WallTime::duration>(elapsed_.load());
  }
  base::SteadyTime Steady() const override {
    return base::SteadyTime(std::chrono::hours(1) +
                            std::chrono::duration_cast<base::SteadyTime::duration>(elapsed_.load()));
  }
  void Advance(base::Duration duration) { elapsed_ = elapsed_.load() + duration; }

 private:
  base::WallTime start_;
  std::atomic<base::Duration> elapsed_ = base::Duration::zero();
};

}  // namespace forewarn::fakes
