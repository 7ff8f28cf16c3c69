// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "common/base/clock.h"
#include "common/base/result.h"

namespace forewarn::actuators {

enum class ServerState { kReady, kDrain, kMaint };
const char* Name(ServerState state);  // "ready", "drain", "maint": HAProxy's words

// One server of a backend.
struct Server {
  int weight = 0;  // 0 to 256; 0 takes no new connections
  ServerState state = ServerState::kReady;
  enum class Health {
    kUnchecked,  // no checks are configured
    kDown,
    kUnknown,  // taken for up, while no check says so: being checked, or not yet
    kUp,
  } health = Health::kUnchecked;
};

// HAProxy's runtime API (https://docs.haproxy.org/2.6/management.html#9.3), one connection per command: it is a local
// socket, and there is no state to lose. Thread-safe.
// Errors: kInvalid for a name that isn't [A-Za-z0-9_.:-]+, kNotFound, kUnavailable (no connection), kTimeout,
// kUnsupported (the socket's level doesn't allow it: `level admin` is needed).
class HaproxyRuntime {
 public:
  // unix:/PATH or tcp:ADDRESS:PORT with a numeric address: a name's resolution has no deadline.
  static base::Result<HaproxyRuntime> Create(const std::string& address);

  base::Result<std::map<std::string, Server>> Servers(std::string_view backend, base::Deadline deadline) const;
  base::Result<void> SetWeight(std::string_view backend, std::string_view server, int weight,
                               base::Deadline deadline) const;
  base::Result<void> SetState(std::string_view backend, std::string_view server, ServerState state,
                              base::Deadline deadline) const;
  // Until its next checks say otherwise. HAProxy takes a server that leaves maintenance for healthy without a check.
  base::Result<void> AssumeDown(std::string_view backend, std::string_view server, base::Deadline deadline) const;

 private:
  explicit HaproxyRuntime(std::string address) : address_(std::move(address)) {}
  base::Result<std::string> Ask(const std::string& command, base::Deadline deadline) const;
  base::Result<void> Set(std::string_view backend, std::string_view server, const std::string& what,
                         base::Deadline deadline) const;

  std::string address_;
};

// The answer to `show servers state`. kInvalid where it isn't one.
base::Result<std::map<std::string, Server>> ParseServersState(std::string_view text);

}  // namespace forewarn::actuators
