// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "common/base/clock.h"

namespace forewarn::http {

// Shuts a socket down when a deadline passes, whatever its owner is doing with it. It holds a duplicate of the
// descriptor, so it can never hit another connection that has got the same number meanwhile.
class SocketWatch {
 public:
  SocketWatch() = default;
  ~SocketWatch();
  SocketWatch(const SocketWatch&) = delete;
  SocketWatch& operator=(const SocketWatch&) = delete;

  void Begin();             // a new request: what follows may use the network
  void Attach(int socket);  // the socket of the request; shut down at once where time is up already
  void End();               // time is up
  bool ended() const;

 private:
  void ShutDown() const;

  mutable std::mutex mutex_;
  int duplicate_ = -1;
  bool ended_ = false;
};

// Calls watch.End() at the deadline, unless it is gone by then. httplib's own timeouts are per read: a server that
// sends a byte per second kept a call of 2 s for 11 s; and its stop() waits for a TLS handshake to end.
class Watchdog {
 public:
  Watchdog(SocketWatch& watch, base::Deadline deadline);

 private:
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::jthread thread_;  // the last member: it uses the others
};

}  // namespace forewarn::http
