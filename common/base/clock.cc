// SPDX-License-Identifier: Apache-2.0
#include "common/base/clock.h"

#include <cmath>

namespace forewarn::base {
namespace {

class MachineClock : public Clock {
 public:
  WallTime Now() const override { return std::chrono::system_clock::now(); }
  SteadyTime Steady() const override { return std::chrono::steady_clock::now(); }
};

}  // namespace

const Clock& SystemClock() {
  static const MachineClock clock;
  return clock;
}

double ToSeconds(WallTime time) { return ToSeconds(std::chrono::duration_cast<Duration>(time.time_since_epoch())); }

WallTime FromSeconds(double seconds) {
  // Whole seconds and the rest apart: a double of today's epoch holds no nanoseconds, so they are rounded to
  // microseconds.
  const double whole = std::floor(seconds);
  const auto rest = std::chrono::microseconds(std::llround((seconds - whole) * 1e6));
  return WallTime(std::chrono::seconds(static_cast<std::int64_t>(whole)) + rest);
}

double ToSeconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

}  // namespace forewarn::base
