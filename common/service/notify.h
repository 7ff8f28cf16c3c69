// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <mutex>
#include <vector>

#include "common/base/clock.h"

namespace forewarn::service {

// What the service manager is told, by the protocol of sd_notify(3). Nobody listens where NOTIFY_SOCKET is not set;
// then nothing happens.
void Ready();      // serves; also: a reload has ended, however
void Reloading();  // until Ready
void Stopping();

// WATCHDOG=1: the program lives. Sent once each of its loops has come round since the last time, by the loop that was
// the last, so one that hangs silences it. There is no timer that could go on beating for the dead. Where the manager
// watches (WATCHDOG_USEC), it beats four times in the time it is given; otherwise never. Thread-safe.
class Heartbeat {
 public:
  explicit Heartbeat(std::size_t loops);
  void CameRound(std::size_t loop);

 private:
  std::mutex mutex_;
  std::vector<bool> round_;     // which loops have come round since the last beat
  base::Duration interval_{};   // between beats; 0: nobody watches
  base::SteadyTime next_beat_;  // not before
};

// How long a loop with nothing to do may sleep until it has to come round: a quarter of the shortest watchdog that
// suits any of the programs.
constexpr base::Duration kLongestSleep = std::chrono::seconds(5);

}  // namespace forewarn::service
