// SPDX-License-Identifier: Apache-2.0
#include "common/service/notify.h"

#include <systemd/sd-daemon.h>

#include <algorithm>
#include <cinttypes>

namespace forewarn::service {
namespace {

constexpr int kKeepEnvironment = 0;

// What cannot be told is not known by the manager: it has its own time-outs.
void Tell(const char* state) { static_cast<void>(sd_notify(kKeepEnvironment, state)); }

}  // namespace

void Ready() { Tell("READY=1"); }

// The time is what makes it usable for Type=notify-reload too, which newer managers have.
void Reloading() {
  const auto now = base::SystemClock().Steady().time_since_epoch();
  const auto usec = std::chrono::duration_cast<std::chrono::microseconds>(now).count();
  static_cast<void>(sd_notifyf(kKeepEnvironment, "RELOADING=1\nMONOTONIC_USEC=%" PRId64, static_cast<int64_t>(usec)));
}

void Stopping() { Tell("STOPPING=1"); }

Heartbeat::Heartbeat(std::size_t loops) : round_(loops, false) {
  std::uint64_t usec = 0;
  if (sd_watchdog_enabled(kKeepEnvironment, &usec) > 0) interval_ = std::chrono::microseconds(usec) / 4;
}

void Heartbeat::CameRound(std::size_t loop) {
  const std::lock_guard lock(mutex_);
  round_[loop] = true;
  const auto now = base::SystemClock().Steady();
  const bool all = std::find(round_.begin(), round_.end(), false) == round_.end();
  if (interval_ == base::Duration::zero() || !all || now < next_beat_) return;
  Tell("WATCHDOG=1");
  next_beat_ = now + interval_;
  round_.assign(round_.size(), false);
}

}  // namespace forewarn::service
