// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "common/base/backoff.h"
#include "common/base/result.h"
#include "webhook/hypervisor/handles.h"
#include "webhook/hypervisor/hypervisor.h"
#include "webhook/hypervisor/worker.h"

namespace forewarn::hypervisor {

// One hypervisor's connection: opened by the first call, kept, opened again (with backoff) when it broke, replaced with
// its thread when a call hangs. Thread-safe.
class Connection {
 public:
  explicit Connection(Location location);
  ~Connection();

  // Runs `body` on the connection's thread. It must own what it touches: it outlives this call if libvirt hangs.
  // kTimeout: began and gave no answer in time; kUnavailable: never began.
  template <class T>
  base::Result<T> Call(base::Deadline deadline, std::function<base::Result<T>(virConnectPtr)> body) {
    auto answer = std::make_shared<std::optional<base::Result<T>>>();
    auto ran =
        Run([answer, body = std::move(body)](virConnectPtr connect) { answer->emplace(body(connect)); }, deadline);
    if (!ran) return ran.error();
    return std::move(**answer);
  }

  const Location& location() const { return location_; }
  Inventory::Health Health() const;

 private:
  struct Link;     // what a thread may still hold after we gave it up
  struct Session;  // a thread and its link

  base::Result<void> Run(const std::function<void(virConnectPtr)>& body, base::Deadline deadline);
  base::Result<std::shared_ptr<Session>> Acquire();
  void Abandon(const std::shared_ptr<Session>& session);
  void NoteOpening(const base::Result<void>& opened);
  base::Error NotBegun() const;
  base::Error NoteTimeout();

  const Location location_;
  const std::shared_ptr<std::atomic<int>> links_ = std::make_shared<std::atomic<int>>(0);
  mutable std::mutex mutex_;
  std::shared_ptr<Session> session_;
  base::Backoff backoff_;
  base::SteadyTime next_open_{};
  std::string why_closed_;
  bool ever_connected_ = false;
  std::uint64_t reconnects_ = 0, timeouts_ = 0;
};

}  // namespace forewarn::hypervisor
