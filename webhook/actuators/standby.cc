// SPDX-License-Identifier: Apache-2.0
#include "webhook/actuators/standby.h"

#include <utility>

#include "webhook/actuators/change.h"

namespace forewarn::actuators {
namespace {

using hypervisor::DomainState;

base::Result<Setting> ToSetting(const std::string& standby, DomainState state) {
  switch (state) {
    case DomainState::kRunning:
      return Setting{{{"state", "running"}}};
    case DomainState::kPaused:
      return Setting{{{"state", "paused"}}};
    case DomainState::kShutOff:
    case DomainState::kCrashed:  // starts the same way
      return Setting{{{"state", "shutoff"}}};
    case DomainState::kOther:
      break;
  }
  return base::Error{base::ErrorCode::kUnavailable, standby + " is between two states"};
}

class Standby : public Actuator {
 public:
  Standby(hypervisor::Inventory* inventory, TargetLookup targets)
      : inventory_(inventory), targets_(std::move(targets)) {}

  base::Result<Setting> Read(const Target& target, base::Deadline deadline) override {
    auto standby = Find(target, deadline);
    if (!standby) return standby.error();
    return ToSetting(standby->name, standby->state);
  }

  base::Result<Setting> Propose(const Target& target, const Setting& now, Direction direction, double) const override {
    const Setting running{{{"state", "running"}}};
    if (direction == Direction::kStress) return Refusal("no_stress", "a standby is not a subject of experiments");
    if (now == running) return Refusal("at_limit", "the standby of " + target.domain + " runs already");
    return running;
  }

  base::Result<void> Apply(const Target& target, const Setting& setting, base::Deadline deadline) override {
    const auto wanted = setting.values.find("state");
    if (wanted == setting.values.end()) return base::Error{base::ErrorCode::kInvalid, "not a setting of standby"};
    auto standby = Find(target, deadline);
    if (!standby) return standby.error();
    hypervisor::Hypervisor* host = inventory_->Find(standby->hypervisor);
    if (auto moved = Move(*host, *standby, wanted->second, deadline); !moved) return moved;
    auto state = host->State(standby->uuid, deadline);
    if (!state) return state.error();
    auto now = ToSetting(standby->name, *state);
    if (!now) return now.error();
    if (*now != setting) {
      return base::Error{base::ErrorCode::kConflict, standby->name + " is " + now->values["state"] + " instead"};
    }
    return {};
  }

 private:
  base::Result<hypervisor::Domain> Find(const Target& target, base::Deadline deadline) {
    const auto config = targets_ ? targets_(target.domain) : std::nullopt;
    if (!config || config->standby.empty()) return Refusal("no_standby", target.domain + " has none configured");
    if (config->standby == target.domain) return Refusal("no_standby", target.domain + " is its own");
    return inventory_->Resolve(config->standby, deadline);
  }

  static base::Result<void> Move(hypervisor::Hypervisor& host, const hypervisor::Domain& standby,
                                 const std::string& wanted, base::Deadline deadline) {
    const bool paused = standby.state == DomainState::kPaused;
    const bool active = paused || standby.state == DomainState::kRunning;
    if (wanted == "shutoff") return active ? host.Shutdown(standby.uuid, deadline) : base::Result<void>();
    if (wanted == "running") return paused ? host.Resume(standby.uuid, deadline) : host.Start(standby.uuid, deadline);
    if (wanted != "paused") return base::Error{base::ErrorCode::kInvalid, "no such state of a standby: " + wanted};
    if (!active) {
      if (auto started = host.Start(standby.uuid, deadline); !started) return started;
    }
    return host.Suspend(standby.uuid, deadline);
  }

  hypervisor::Inventory* inventory_;
  TargetLookup targets_;
};

}  // namespace

std::unique_ptr<Actuator> MakeStandby(hypervisor::Inventory* inventory, TargetLookup targets) {
  return std::make_unique<Standby>(inventory, std::move(targets));
}

}  // namespace forewarn::actuators
