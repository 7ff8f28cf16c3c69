// SPDX-License-Identifier: Apache-2.0
#include "webhook/hypervisor/connection.h"

#include <chrono>
#include <random>

#include "common/log/log.h"
#include "webhook/hypervisor/libvirt_error.h"

namespace forewarn::hypervisor {
namespace {

using std::chrono::milliseconds;

constexpr auto kFirstRetry = milliseconds(100), kLastRetry = milliseconds(5000);
constexpr int kKeepaliveSeconds = 5, kKeepaliveMisses = 3;  // a hung daemon frees its abandoned threads after 20 s
constexpr int kMaxLinks = 5;                                // the current one and four abandoned
constexpr auto kCloseTime = milliseconds(1000);

}  // namespace

struct Connection::Link {
  explicit Link(std::shared_ptr<std::atomic<int>> counter) : alive(std::move(counter)) { ++*alive; }
  ~Link() { --*alive; }

  // On the session's thread only.
  base::Result<void> Open(const std::string& uri) {
    connect.reset(virConnectOpen(uri.c_str()));
    if (!connect) {
      base::Error error = LastError("connecting");
      if (error.code != base::ErrorCode::kInvalid) error.code = base::ErrorCode::kUnavailable;
      return error;
    }
    // Drivers without a socket refuse it and don't need it.
    virConnectSetKeepAlive(connect.get(), kKeepaliveSeconds, kKeepaliveMisses);
    open = true;
    return {};
  }
  void CloseIfBroken() {
    if (connect && virConnectIsAlive(connect.get()) == 1) return;
    connect.reset();
    open = false;
  }

  const std::shared_ptr<std::atomic<int>> alive;
  ConnectHandle connect;
  std::atomic<bool> open = false;
};

struct Connection::Session {
  explicit Session(std::shared_ptr<std::atomic<int>> counter) : link(std::make_shared<Link>(std::move(counter))) {}

  std::shared_ptr<Link> link;
  Worker worker;
};

Connection::Connection(Location location)
    : location_(std::move(location)), backoff_(kFirstRetry, kLastRetry, std::random_device()()) {
  PrepareLibvirt();
}

Connection::~Connection() {
  if (!session_) return;
  // Closing asks the daemon and so may hang too; where it does, the thread keeps the link and ends with it.
  auto close = [link = session_->link] { link->connect.reset(); };
  session_->worker.Run(close, base::Deadline::After(kCloseTime));
}

base::Result<std::shared_ptr<Connection::Session>> Connection::Acquire() {
  std::lock_guard lock(mutex_);
  const bool open = session_ && session_->link->open;
  if (!open && base::SystemClock().Steady() < next_open_) {
    return base::Error{base::ErrorCode::kUnavailable, location_.name + ": not connected: " + why_closed_};
  }
  if (!session_) {
    if (*links_ >= kMaxLinks) {
      return base::Error{base::ErrorCode::kUnavailable, location_.name + ": too many calls hang there already"};
    }
    session_ = std::make_shared<Session>(links_);
  }
  return session_;
}

void Connection::Abandon(const std::shared_ptr<Session>& session) {
  std::lock_guard lock(mutex_);
  if (session_ == session) session_.reset();
}

void Connection::NoteOpening(const base::Result<void>& opened) {
  std::lock_guard lock(mutex_);
  if (!opened) {
    why_closed_ = opened.error().message;
    next_open_ = base::SystemClock().Steady() + std::chrono::duration_cast<base::SteadyTime::duration>(backoff_.Next());
    log::Warn("cannot connect to a hypervisor", {{"hypervisor", location_.name}, {"error", why_closed_}});
    return;
  }
  backoff_.Reset();
  next_open_ = {};
  if (ever_connected_) ++reconnects_;
  ever_connected_ = true;
  log::Info("connected to a hypervisor", {{"hypervisor", location_.name}});
}

base::Result<void> Connection::Run(const std::function<void(virConnectPtr)>& body, base::Deadline deadline) {
  for (;;) {
    auto session = Acquire();
    if (!session) return session.error();
    auto opened = std::make_shared<std::optional<base::Result<void>>>();
    const auto task = [link = (*session)->link, uri = location_.uri, opened, body] {
      link->CloseIfBroken();
      if (!link->connect) {
        opened->emplace(link->Open(uri));
        if (!**opened) return;
      }
      body(link->connect.get());
      link->CloseIfBroken();
    };
    switch ((*session)->worker.Run(task, deadline)) {
      case Worker::Outcome::kDone:
        if (!opened->has_value()) return {};
        NoteOpening(**opened);
        return **opened;
      case Worker::Outcome::kNotStarted:
        if (deadline.Passed()) return NotBegun();
        Abandon(*session);  // the call before ours hangs; ours goes on elsewhere
        break;
      case Worker::Outcome::kHung:
        Abandon(*session);
        return NoteTimeout();
    }
  }
}

base::Error Connection::NotBegun() const {
  return {base::ErrorCode::kUnavailable, location_.name + ": busy until the deadline; nothing was done"};
}

base::Error Connection::NoteTimeout() {
  std::lock_guard lock(mutex_);
  ++timeouts_;
  log::Warn("a libvirt call hangs; its connection is replaced", {{"hypervisor", location_.name}});
  return {base::ErrorCode::kTimeout, location_.name + ": libvirt gave no answer in time"};
}

Inventory::Health Connection::Health() const {
  std::lock_guard lock(mutex_);
  return {location_.name, session_ && session_->link->open, reconnects_, timeouts_};
}

}  // namespace forewarn::hypervisor
