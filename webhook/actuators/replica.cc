// SPDX-License-Identifier: Apache-2.0
#include "webhook/actuators/replica.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "webhook/actuators/change.h"
#include "webhook/actuators/fence.h"
#include "webhook/actuators/postgres.h"
#include "webhook/actuators/replica_lag.h"

namespace forewarn::actuators {
namespace {

constexpr auto kPoll = std::chrono::milliseconds(20);
constexpr base::Duration kSilenceTime = std::chrono::seconds(1);  // for a connection to somebody who should be off
constexpr const char* kInRecovery = "SELECT pg_is_in_recovery()";
// A transaction that commits to WAL and touches no table.
constexpr const char* kWrite = "SELECT pg_logical_emit_message(true, 'forewarn', 'promoted')";

const Setting& Promoted() {
  static const Setting setting{{{"role", "primary"}}};
  return setting;
}

base::Result<Setting> RoleOf(Postgres& standby, base::Deadline deadline) {
  auto recovers = standby.Ask(kInRecovery, deadline);
  if (!recovers) return recovers.error();
  return *recovers == "t" ? Setting{{{"role", "standby"}}} : Promoted();
}

base::Result<void> AwaitWrite(Postgres& standby, base::Deadline deadline) {
  for (;;) {
    auto role = RoleOf(standby, deadline);
    if (!role) return role.error();
    if (*role == Promoted()) break;
    if (deadline.Left() < 2 * kPoll)
      return base::Error{base::ErrorCode::kTimeout, "the standby is not promoted in time"};
    std::this_thread::sleep_for(kPoll);
  }
  auto written = standby.Ask(kWrite, deadline);
  if (!written) return written.error();
  return {};
}

class Replica : public Actuator {
 public:
  Replica(hypervisor::Inventory* inventory, TargetLookup targets)
      : inventory_(inventory), targets_(std::move(targets)) {}

  base::Result<Setting> Read(const Target& target, base::Deadline deadline) override {
    auto replica = Find(target);
    if (!replica) return replica.error();
    auto standby = Postgres::Connect(replica->standby, deadline);
    if (!standby) return standby.error();
    return RoleOf(*standby, deadline);
  }

  base::Result<Setting> Propose(const Target& target, const Setting& now, Direction direction, double) const override {
    if (direction == Direction::kStress) return Refusal("no_stress", "a promotion is not a subject of experiments");
    if (now == Promoted()) return Refusal("at_limit", "the standby of " + target.domain + " is promoted already");
    return Promoted();
  }

  base::Result<void> Apply(const Target& target, const Setting& setting, base::Deadline deadline) override {
    auto replica = Find(target);
    if (!replica) return replica.error();
    auto standby = Postgres::Connect(replica->standby, deadline);
    if (!standby) return standby.error();
    auto now = RoleOf(*standby, deadline);
    if (!now) return now.error();
    if (*now == setting) return setting == Promoted() ? AwaitWrite(*standby, deadline) : base::Result<void>();
    if (setting != Promoted()) return Refusal("final", "a promotion is not undone");
    return Promote(*replica, *standby, deadline);
  }

 private:
  base::Result<ReplicaConfig> Find(const Target& target) const {
    const auto config = targets_ ? targets_(target.domain) : std::nullopt;
    if (!config || !config->replica) return Refusal("no_replica", target.domain + " has none configured");
    ReplicaConfig replica = *config->replica;
    if (replica.fence.domain.empty()) replica.fence.domain = target.domain;
    return replica;
  }

  // What may refuse comes before what takes the primary down; the proof is asked for once more as the last thing.
  base::Result<void> Promote(const ReplicaConfig& replica, Postgres& standby, base::Deadline deadline) {
    if (auto possible = CanProve(*inventory_, replica.fence, deadline); !possible) return possible;
    if (auto near = CheckLag(replica, standby, deadline); !near) return near;
    if (auto fenced = CutOff(*inventory_, replica.fence, deadline); !fenced) return fenced;
    if (Answers(replica.primary, base::Deadline::After(std::min(kSilenceTime, deadline.Left())))) {
      return Refusal(kNoFenceProof, "off, says the hypervisor, but the primary accepts connections");
    }
    if (auto silent = AwaitSilence(standby, deadline); !silent) return silent;
    if (auto off = ProveOff(*inventory_, replica.fence, deadline); !off) return off;
    const auto seconds = std::chrono::floor<std::chrono::seconds>(deadline.Left()).count();
    if (seconds < 1) return base::Error{base::ErrorCode::kTimeout, "no time is left to promote"};
    auto promoted = standby.Ask("SELECT pg_promote(true, " + std::to_string(seconds) + ")", deadline);
    if (!promoted) return promoted.error();
    return AwaitWrite(standby, deadline);
  }

  hypervisor::Inventory* inventory_;
  TargetLookup targets_;
};

}  // namespace

std::unique_ptr<Actuator> MakeReplica(hypervisor::Inventory* inventory, TargetLookup targets) {
  return std::make_unique<Replica>(inventory, std::move(targets));
}

}  // namespace forewarn::actuators
