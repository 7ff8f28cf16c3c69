// SPDX-License-Identifier: Apache-2.0
#include "webhook/actuators/failover.h"

#include <utility>

#include "webhook/actuators/change.h"
#include "webhook/actuators/fence.h"
#include "webhook/actuators/ready.h"
#include "webhook/actuators/run_state.h"
#include "webhook/actuators/standby.h"

namespace forewarn::actuators {
namespace {

const Setting& TakenOver() {
  static const Setting setting{{{"standby", kRunning}, {"target", kShutOff}}};
  return setting;
}

class Failover : public Actuator {
 public:
  Failover(hypervisor::Inventory* inventory, TargetLookup targets)
      : inventory_(inventory), targets_(std::move(targets)) {}

  base::Result<Setting> Read(const Target& target, base::Deadline deadline) override {
    auto standby = StandbyOf(*inventory_, targets_, target.domain, deadline);
    if (!standby) return standby.error();
    auto host = HypervisorOf(*inventory_, target, deadline);
    if (!host) return host.error();
    auto state = (*host)->State(target.uuid, deadline);
    if (!state) return state.error();
    auto old = RunState(target.domain, *state), next = RunState(standby->name, standby->state);
    if (!old) return old.error();
    if (!next) return next.error();
    return Setting{{{"standby", *next}, {"target", *old}}};
  }

  base::Result<Setting> Propose(const Target& target, const Setting& now, Direction direction, double) const override {
    if (direction == Direction::kStress) return Refusal("no_stress", "a failover is not a subject of experiments");
    if (now == TakenOver()) return Refusal("at_limit", "the standby of " + target.domain + " has taken over already");
    return TakenOver();
  }

  base::Result<void> Apply(const Target& target, const Setting& setting, base::Deadline deadline) override {
    if (setting == TakenOver()) return TakeOver(target, deadline);
    auto now = Read(target, deadline);
    if (!now) return now.error();
    if (*now == setting) return {};
    return Refusal("final", "a failover of " + target.domain + " is not undone");
  }

 private:
  base::Result<void> TakeOver(const Target& target, base::Deadline deadline) {
    const StandbyConfig use = StandbyUse(targets_, target.domain);
    const FenceConfig fence{target.domain, use.fence.hypervisor};
    if (auto possible = CanProve(*inventory_, fence, deadline); !possible) return possible;
    auto standby = StandbyOf(*inventory_, targets_, target.domain, deadline);
    if (!standby) return standby.error();
    if (auto fenced = CutOff(*inventory_, fence, deadline); !fenced) return fenced;
    hypervisor::Hypervisor* host = inventory_->Find(standby->hypervisor);
    if (auto brought = Bring(*host, *standby, kRunning, deadline); !brought) return brought;
    return AwaitReady(use.ready, deadline);
  }

  hypervisor::Inventory* inventory_;
  TargetLookup targets_;
};

}  // namespace

std::unique_ptr<Actuator> MakeFailover(hypervisor::Inventory* inventory, TargetLookup targets) {
  return std::make_unique<Failover>(inventory, std::move(targets));
}

}  // namespace forewarn::actuators
