// SPDX-License-Identifier: Apache-2.0
#include "webhook/actuators/power.h"

#include <utility>

#include "webhook/actuators/change.h"
#include "webhook/actuators/pulses.h"

namespace forewarn::actuators {
namespace {

using hypervisor::DomainState;

constexpr const char* kPause = "pause";
constexpr const char* kResetsUri = "urn:forewarn:resets";

base::Error NotASetting(const std::string& actuator) {
  return {base::ErrorCode::kInvalid, "not a setting of " + actuator};
}

base::Result<DomainState> ActiveState(hypervisor::Hypervisor& host, const Target& target, base::Deadline deadline) {
  auto state = host.State(target.uuid, deadline);
  if (state && *state != DomainState::kRunning && *state != DomainState::kPaused) {
    return Refusal("not_running", target.domain + " does not run");
  }
  return state;
}

class Pause : public Actuator {
 public:
  explicit Pause(hypervisor::Inventory* inventory) : inventory_(inventory) {}

  base::Result<Setting> Read(const Target& target, base::Deadline deadline) override {
    auto host = HypervisorOf(*inventory_, target, deadline);
    if (!host) return host.error();
    auto state = ActiveState(**host, target, deadline);
    if (!state) return state.error();
    if (const Setting shown = pulses_.Shown(target.uuid); !shown.values.empty()) return shown;
    return Setting{{{"state", *state == DomainState::kPaused ? "paused" : "running"}}};
  }

  base::Result<Setting> Propose(const Target& target, const Setting& now, Direction direction,
                                double severity) const override {
    const Setting paused{{{"state", "paused"}}}, running{{{"state", "running"}}};
    if (now == paused) return Refusal("at_limit", target.domain + " is paused already");
    if (direction == Direction::kRelieve) return paused;
    if (now != running) return Refusal("at_limit", target.domain + " is paused again and again already");
    return Setting{{{"state", ToText(kPause, BeatOf(severity))}}};
  }

  base::Result<void> Apply(const Target& target, const Setting& setting, base::Deadline deadline) override {
    const auto wanted = setting.values.find("state");
    if (wanted == setting.values.end()) return NotASetting("pause");
    const auto beat = BeatFromText(kPause, wanted->second);
    const bool pause = wanted->second == "paused";
    if (!pause && !beat && wanted->second != "running") return NotASetting("pause");
    auto host = HypervisorOf(*inventory_, target, deadline);
    if (!host) return host.error();
    pulses_.Stop(target.uuid);
    if (beat) return Begin(target, *beat, deadline);
    auto moved = pause ? (*host)->Suspend(target.uuid, deadline) : (*host)->Resume(target.uuid, deadline);
    if (!moved) return moved;
    auto now = Read(target, deadline);
    if (!now) return now.error();
    if (now->values["state"] != wanted->second) {
      return base::Error{base::ErrorCode::kConflict, target.domain + " is " + now->values["state"] + " instead"};
    }
    return {};
  }

 private:
  base::Result<void> Begin(const Target& target, const Beat& beat, base::Deadline deadline) {
    const Pulse pulse{[this, target](base::Deadline soon) -> base::Result<void> {
                        auto host = HypervisorOf(*inventory_, target, soon);
                        if (!host) return host.error();
                        auto state = ActiveState(**host, target, soon);
                        if (!state) return state.error();
                        if (*state == DomainState::kRunning) return (*host)->Suspend(target.uuid, soon);
                        return base::Error{base::ErrorCode::kConflict, target.domain + " is paused by somebody else"};
                      },
                      [this, target](base::Deadline soon) -> base::Result<void> {
                        auto host = HypervisorOf(*inventory_, target, soon);
                        if (!host) return host.error();
                        return (*host)->Resume(target.uuid, soon);
                      },
                      WhileMarked(inventory_, target, kPause, deadline)};
    return pulses_.Start(target.uuid, beat, pulse, {{{"state", ToText(kPause, beat)}}});
  }

  hypervisor::Inventory* inventory_;
  Pulses pulses_;  // the last to come, and so the first to go: its threads use the others
};

class Reset : public Actuator {
 public:
  explicit Reset(hypervisor::Inventory* inventory) : inventory_(inventory) {}

  base::Result<Setting> Read(const Target& target, base::Deadline deadline) override {
    auto host = HypervisorOf(*inventory_, target, deadline);
    if (!host) return host.error();
    if (auto state = ActiveState(**host, target, deadline); !state) return state.error();
    auto resets = Resets(**host, target, deadline);
    if (!resets) return resets.error();
    return Setting{{{"resets", std::to_string(*resets)}}};
  }

  base::Result<Setting> Propose(const Target&, const Setting& now, Direction direction, double) const override {
    if (direction == Direction::kStress) return Refusal("no_stress", "what a reset loses doesn't come back");
    const auto resets = NumberAt(now, "resets");
    if (!resets) return NotASetting("reset");
    return Setting{{{"resets", std::to_string(*resets + 1)}}};
  }

  base::Result<void> Apply(const Target& target, const Setting& setting, base::Deadline deadline) override {
    const auto wanted = NumberAt(setting, "resets");
    if (!wanted || *wanted < 0) return NotASetting("reset");
    auto host = HypervisorOf(*inventory_, target, deadline);
    if (!host) return host.error();
    if (auto state = ActiveState(**host, target, deadline); !state) return state.error();
    auto resets = Resets(**host, target, deadline);
    if (!resets) return resets.error();
    if (*resets >= *wanted) return {};
    const std::string note = "<resets count=\"" + std::to_string(*wanted) + "\"/>";
    if (auto noted = (*host)->SetMetadata(target.uuid, kResetsUri, note, deadline); !noted) return noted;
    return (*host)->Reset(target.uuid, deadline);
  }

 private:
  static base::Result<std::int64_t> Resets(hypervisor::Hypervisor& host, const Target& target,
                                           base::Deadline deadline) {
    auto note = host.Metadata(target.uuid, kResetsUri, deadline);
    if (!note) return note.error();
    if (!note->has_value()) return 0;
    const std::string& xml = **note;
    const auto from = xml.find_first_of("0123456789", xml.find("count="));
    if (from == std::string::npos) return 0;
    const auto to = xml.find_first_not_of("0123456789", from);
    return NumberAt(Setting{{{"count", xml.substr(from, to - from)}}}, "count").value_or(0);
  }

  hypervisor::Inventory* inventory_;
};

}  // namespace

std::unique_ptr<Actuator> MakePause(hypervisor::Inventory* inventory) { return std::make_unique<Pause>(inventory); }
std::unique_ptr<Actuator> MakeReset(hypervisor::Inventory* inventory) { return std::make_unique<Reset>(inventory); }

}  // namespace forewarn::actuators
