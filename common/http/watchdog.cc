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

Watchdog::Watchdog(SocketWatch& watch, base::Deadline deadline)
    : thread_([this, &watch, deadline](const std::stop_token& stop) {
        std::unique_lock lock(mutex_);
        wake_.wait_until(lock, stop, deadline.at, [] { return false; });
        if (!stop.stop_requested()) watch.End();
      }) {}

}  // namespace forewarn::http
