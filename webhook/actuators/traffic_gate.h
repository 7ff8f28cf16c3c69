// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "webhook/actuators/haproxy.h"
#include "webhook/actuators/target_config.h"

namespace forewarn::actuators {

// What is set of one server, as text "weight 100 state ready".
struct Share {
  int weight = 0;  // 0 to 256
  ServerState state = ServerState::kReady;
  bool operator==(const Share&) const = default;
  int Effective() const { return state == ServerState::kReady ? weight : 0; }
};
using Shares = std::map<std::string, Share>;  // by server's name

std::string ToText(const Share& share);
base::Result<Share> ShareFromText(const std::string& text);  // kInvalid

// Those of its servers that are configured: the target's, the standby's, the stalled one. A name that is empty isn't.
std::vector<std::string> ServersOf(const Backend& backend);

// Some servers of one backend of HAProxy: that of a target, that of its standby, and one that stalls.
class Gate {
 public:
  Gate(const HaproxyRuntime& runtime, Backend backend) : runtime_(runtime), backend_(std::move(backend)) {}
  const Backend& backend() const { return backend_; }

  base::Result<Shares> Read(base::Deadline deadline) const;
  // Who gains goes first, so that at no moment nobody takes traffic.
  base::Result<void> Set(const Shares& from, const Shares& to, base::Deadline deadline) const;
  // Lets checks see a server that takes no traffic yet.
  base::Result<void> Uncover(const std::string& server, base::Deadline deadline) const;
  // Until HAProxy's checks say that one of them is up. Refuses no_health_check; kUnavailable: nobody in time.
  base::Result<void> AwaitUp(const std::vector<std::string>& servers, base::Deadline deadline) const;
  // Watches them for that long; kUnavailable: now none is up. One that is just being checked is what it was.
  base::Result<void> StayUp(const std::vector<std::string>& servers, base::Duration duration,
                            base::Deadline deadline) const;

 private:
  enum class Health { kUp, kBeingChecked, kDown, kUnchecked };  // of the best of them
  static Health Of(Server::Health health);
  base::Result<Health> HealthOf(const std::vector<std::string>& servers, base::Deadline deadline) const;
  base::Result<void> Put(const std::string& server, const Share& share, base::Deadline deadline) const;

  const HaproxyRuntime& runtime_;
  Backend backend_;
};

}  // namespace forewarn::actuators
