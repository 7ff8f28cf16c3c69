// SPDX-License-Identifier: Apache-2.0
#include "webhook/actuators/standby.h"

#include <utility>

#include "webhook/actuators/change.h"
#include "webhook/actuators/ready.h"
#include "webhook/actuators/run_state.h"

namespace forewarn::actuators {
namespace {

class Standby : public Actuator {
 public:
  Standby(hypervisor::Inventory* inventory, TargetLookup targets)
      : inventory_(inventory), targets_(std::move(targets)) {}

  base::Result<Target> Subject(const Target& target, base::Deadline deadline) override {
    if (StandbyUse(targets_, target.domain).exclusive) return Exclusive(target.domain);
    auto standby = StandbyOf(*inventory_, targets_, target.domain, deadline);
    if (!standby) return standby.error();
    return Target{standby->name, standby->uuid, standby->hypervisor, target.domain};
  }

  base::Result<Setting> Read(const Target& standby, base::Deadline deadline) override {
    auto host = HypervisorOf(*inventory_, standby, deadline);
    if (!host) return host.error();
    auto state = (*host)->State(standby.uuid, deadline);
    if (!state) return state.error();
    auto text = RunState(standby.domain, *state);
    if (!text) return text.error();
    return Setting{{{"state", *text}}};
  }

  base::Result<Setting> Propose(const Target& standby, const Setting& now, Direction direction, double) const override {
    const Setting running{{{"state", kRunning}}};
    if (direction == Direction::kStress) return Refusal("no_stress", "a standby is not a subject of experiments");
    if (now == running) return Refusal("at_limit", standby.domain + " runs already");
    return running;
  }

  base::Result<void> Apply(const Target& standby, const Setting& setting, base::Deadline deadline) override {
    const auto wanted = setting.values.find("state");
    if (wanted == setting.values.end()) return base::Error{base::ErrorCode::kInvalid, "not a setting of standby"};
    const bool runs = wanted->second == kRunning;
    const StandbyConfig use = StandbyUse(targets_, standby.beneficiary);
    if (runs && use.exclusive) return Exclusive(standby.beneficiary);
    auto host = HypervisorOf(*inventory_, standby, deadline);
    if (!host) return host.error();
    auto state = (*host)->State(standby.uuid, deadline);
    if (!state) return state.error();
    const hypervisor::Domain domain{standby.domain, standby.uuid, standby.hypervisor, *state};
    if (auto brought = Bring(**host, domain, wanted->second, deadline); !brought) return brought;
    return runs ? AwaitReady(use.ready, deadline) : base::Result<void>();
  }

 private:
  static base::Error Exclusive(const std::string& domain) {
    return Refusal("exclusive", "the standby of " + domain + " would write the same data; that takes a failover");
  }

  hypervisor::Inventory* inventory_;
  TargetLookup targets_;
};

}  // namespace

StandbyConfig StandbyUse(const TargetLookup& targets, const std::string& domain) {
  const auto config = targets ? targets(domain) : std::nullopt;
  return config ? config->standby_use : StandbyConfig{};
}

base::Result<hypervisor::Domain> StandbyOf(hypervisor::Inventory& inventory, const TargetLookup& targets,
                                           const std::string& domain, base::Deadline deadline) {
  const auto config = targets ? targets(domain) : std::nullopt;
  if (!config || config->standby.empty()) return Refusal("no_standby", domain + " has none configured");
  if (config->standby == domain) return Refusal("no_standby", domain + " is its own");
  return inventory.Resolve(config->standby, deadline);
}

std::unique_ptr<Actuator> MakeStandby(hypervisor::Inventory* inventory, TargetLookup targets) {
  return std::make_unique<Standby>(inventory, std::move(targets));
}

}  // namespace forewarn::actuators
