// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>
#include <utility>

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

// Calls watch.End() at each call's deadline, unless the call has ended by then. httplib's own timeouts are per read: a
// server that sends a byte per second kept a call of 2 s for 11 s; and its stop() waits for a TLS handshake to end.
// One thread, begun with the first call, serves all calls; it wakes for deadlines, not for calls. Thread-safe.
class Watchdog {
 public:
  class Call {
   public:
    Call(Watchdog& watchdog, SocketWatch& watch, base::Deadline deadline);
    ~Call();
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;

   private:
    Watchdog& watchdog_;
    const std::pair<base::SteadyTime, SocketWatch*> key_;
  };

 private:
  void Run(const std::stop_token& stop);
  base::SteadyTime EndOverdue();

  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::set<std::pair<base::SteadyTime, SocketWatch*>> calls_;
  base::SteadyTime alarm_{};  // when the thread wakes by itself
  std::jthread thread_;       // the last member: it uses the others
};

}  // namespace forewarn::http
