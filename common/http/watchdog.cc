// SPDX-License-Identifier: Apache-2.0
#include "common/http/watchdog.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace forewarn::http {

SocketWatch::~SocketWatch() {
  if (duplicate_ >= 0) close(duplicate_);
}

void SocketWatch::Begin() {
  const std::lock_guard lock(mutex_);
  ended_ = false;
}

void SocketWatch::Attach(int socket) {
  const std::lock_guard lock(mutex_);
  if (duplicate_ >= 0) close(duplicate_);
  duplicate_ = fcntl(socket, F_DUPFD_CLOEXEC, 0);
  if (ended_) ShutDown();
}

void SocketWatch::End() {
  const std::lock_guard lock(mutex_);
  ended_ = true;
  ShutDown();
}

bool SocketWatch::ended() const {
  const std::lock_guard lock(mutex_);
  return ended_;
}

void SocketWatch::ShutDown() const {
  if (duplicate_ >= 0) shutdown(duplicate_, SHUT_RDWR);
}

Watchdog::Call::Call(Watchdog& watchdog, SocketWatch& watch, base::Deadline deadline)
    : watchdog_(watchdog), key_(deadline.at, &watch) {
  const std::lock_guard lock(watchdog_.mutex_);
  watchdog_.calls_.insert(key_);
  if (!watchdog_.thread_.joinable()) {
    watchdog_.thread_ = std::jthread([&dog = watchdog_](const std::stop_token& stop) { dog.Run(stop); });
  } else if (deadline.at < watchdog_.alarm_) {
    watchdog_.alarm_ = deadline.at;
    watchdog_.wake_.notify_one();
  }
}

Watchdog::Call::~Call() {
  const std::lock_guard lock(watchdog_.mutex_);
  watchdog_.calls_.erase(key_);
}

void Watchdog::Run(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    const base::SteadyTime alarm = alarm_ = EndOverdue();
    wake_.wait_until(lock, stop, alarm, [&] { return alarm_ < alarm; });
  }
}

// When there is something to do again, if nobody comes meanwhile.
base::SteadyTime Watchdog::EndOverdue() {
  const auto now = base::SystemClock().Steady();
  while (!calls_.empty() && calls_.begin()->first <= now) {
    calls_.begin()->second->End();
    calls_.erase(calls_.begin());
  }
  return calls_.empty() ? now + std::chrono::hours(1) : calls_.begin()->first;
}

}  // namespace forewarn::http
