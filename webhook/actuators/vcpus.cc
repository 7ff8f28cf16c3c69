// SPDX-License-Identifier: Apache-2.0
#include "webhook/actuators/vcpus.h"

#include <algorithm>
#include <cmath>
#include <thread>
#include <utility>

#include "webhook/actuators/change.h"

namespace forewarn::actuators {
namespace {

constexpr auto kPoll = std::chrono::milliseconds(50);

base::Error NotASetting() { return {base::ErrorCode::kInvalid, "not a setting of vcpus"}; }

class Vcpus : public Actuator {
 public:
  Vcpus(hypervisor::Inventory* inventory, TargetLookup targets) : inventory_(inventory), targets_(std::move(targets)) {}

  base::Result<Setting> Read(const Target& target, base::Deadline deadline) override {
    auto host = HypervisorOf(*inventory_, target, deadline);
    if (!host) return host.error();
    auto vcpus = (*host)->VcpusOf(target.uuid, deadline);
    if (!vcpus) return vcpus.error();
    auto online = (*host)->OnlineVcpus(target.uuid, deadline);
    if (!online) return NoWayBack(online.error());
    return Setting{{{"online", std::to_string(*online)}, {"maximum", std::to_string(vcpus->maximum)}}};
  }

  base::Result<Setting> Propose(const Target& target, const Setting& now, Direction direction,
                                double severity) const override {
    const auto online = NumberAt(now, "online"), maximum = NumberAt(now, "maximum");
    if (!online || !maximum || *online < 1) return NotASetting();
    const bool relieve = direction == Direction::kRelieve;
    const auto current = static_cast<double>(*online);
    const double step =
        relieve ? std::ceil(current * (1 + Scale(severity))) : std::floor(current * StressFactor(severity));
    const Limits limits = LimitsOf(targets_, target.domain, "vcpus");
    const double bounded = std::min(Bounded(limits, "count", current, step), static_cast<double>(*maximum));
    const auto next =
        std::max<std::int64_t>(1, static_cast<std::int64_t>(relieve ? std::floor(bounded) : std::ceil(bounded)));
    if (relieve ? next <= *online : next >= *online) {
      return Refusal("at_limit", target.domain + " has as many vCPUs as it may");
    }
    Setting proposed = now;
    proposed.values["online"] = std::to_string(next);
    return proposed;
  }

  base::Result<void> Apply(const Target& target, const Setting& setting, base::Deadline deadline) override {
    const auto wanted = NumberAt(setting, "online");
    if (!wanted || *wanted < 1) return NotASetting();
    auto host = HypervisorOf(*inventory_, target, deadline);
    if (!host) return host.error();
    auto online = (*host)->OnlineVcpus(target.uuid, deadline);  // before anything is plugged
    if (!online) return online.error();
    auto vcpus = (*host)->VcpusOf(target.uuid, deadline);
    if (!vcpus) return vcpus.error();
    const auto count = static_cast<unsigned>(*wanted);
    if (count > vcpus->plugged) {
      if (auto plugged = (*host)->PlugVcpus(target.uuid, count, deadline); !plugged) return plugged;
    }
    return SetOnline(**host, target.uuid, count, deadline);
  }

 private:
  // Whatever is wrong with the agent, what is set cannot be taken back then.
  static base::Error NoWayBack(const base::Error& error) {
    if (error.code == base::ErrorCode::kNotFound || error.code == base::ErrorCode::kTimeout) return error;
    return Refusal("no_way_back", "the guest has no agent that takes CPUs offline: " + error.message);
  }

  // The guest notices in its own time what was plugged, and its agent can't bring online what it hasn't noticed.
  static base::Result<void> SetOnline(hypervisor::Hypervisor& host, const std::string& uuid, unsigned count,
                                      base::Deadline deadline) {
    for (;;) {
      auto online = host.OnlineVcpus(uuid, deadline);
      if (online && *online == count) return {};
      auto set = online ? host.SetOnlineVcpus(uuid, count, deadline) : base::Result<void>(online.error());
      if (!set && set.error().code == base::ErrorCode::kTimeout) return set;
      if (deadline.Left() < 2 * kPoll) {
        if (!set) return set;
        return base::Error{base::ErrorCode::kTimeout, "the guest doesn't use " + std::to_string(count) + " CPUs yet"};
      }
      if (!set) std::this_thread::sleep_for(kPoll);
    }
  }

  hypervisor::Inventory* inventory_;
  TargetLookup targets_;
};

}  // namespace

std::unique_ptr<Actuator> MakeVcpus(hypervisor::Inventory* inventory, TargetLookup targets) {
  return std::make_unique<Vcpus>(inventory, std::move(targets));
}

}  // namespace forewarn::actuators
