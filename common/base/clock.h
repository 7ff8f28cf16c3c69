// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>

namespace forewarn::base {

using Duration = std::chrono::nanoseconds;
using WallTime = std::chrono::system_clock::time_point;
using SteadyTime = std::chrono::steady_clock::time_point;

// Decisions use the samples' time, records the wall clock, deadlines the steady clock. Injected so that tests own time.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual WallTime Now() const = 0;
  virtual SteadyTime Steady() const = 0;
};

// The machine's clocks. Lives for the whole process.
const Clock& SystemClock();

// Seconds since the epoch, as Prometheus writes times.
double ToSeconds(WallTime time);
WallTime FromSeconds(double seconds);
double ToSeconds(Duration duration);

// A point on the steady clock after which work must not go on.
struct Deadline {
  SteadyTime at;
  static Deadline After(Duration duration, const Clock& clock = SystemClock()) {
    return {clock.Steady() + std::chrono::duration_cast<SteadyTime::duration>(duration)};
  }
  bool Passed(const Clock& clock = SystemClock()) const { return clock.Steady() >= at; }
  Duration Left(const Clock& clock = SystemClock()) const { return at - clock.Steady(); }
};

}  // namespace forewarn::base
