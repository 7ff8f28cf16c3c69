// SPDX-License-Identifier: Apache-2.0
#include "webhook/actuators/fence.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <vector>

#include "webhook/actuators/change.h"

namespace forewarn::actuators {
namespace {

using hypervisor::Domain;
using hypervisor::DomainState;

constexpr auto kPoll = std::chrono::milliseconds(50);
constexpr base::Duration kAskTime = std::chrono::seconds(5);  // who hangs longer has no proof to give

base::Error NoProof(const std::string& why) { return Refusal(kNoFenceProof, why); }

std::vector<std::string> Hosts(const hypervisor::Inventory& inventory, const FenceConfig& fence) {
  if (!fence.hypervisor.empty()) return {fence.hypervisor};
  std::vector<std::string> names;
  for (const auto& health : inventory.State()) names.push_back(health.name);
  return names;
}

// Wherever a domain of that name is; the error of the first hypervisor that doesn't say.
base::Result<std::vector<Domain>> Look(hypervisor::Inventory& inventory, const FenceConfig& fence,
                                       base::Deadline deadline) {
  std::vector<Domain> seen;
  for (const std::string& name : Hosts(inventory, fence)) {
    hypervisor::Hypervisor* host = inventory.Find(name);
    if (host == nullptr) return NoProof("the inventory has no hypervisor " + name);
    auto domains = host->Domains(base::Deadline::After(std::min(kAskTime, deadline.Left())));
    if (!domains) return NoProof("hypervisor " + name + " doesn't say: " + domains.error().message);
    std::copy_if(domains->begin(), domains->end(), std::back_inserter(seen),
                 [&](const Domain& domain) { return domain.name == fence.domain; });
  }
  if (deadline.Passed()) return NoProof("the answers came too late");
  return seen;
}

bool AllOff(const std::vector<Domain>& domains) {
  return std::all_of(domains.begin(), domains.end(), [](const Domain& d) { return d.state == DomainState::kShutOff; });
}

base::Result<void> CutPower(hypervisor::Inventory& inventory, const std::vector<Domain>& domains,
                            base::Deadline deadline) {
  for (const Domain& domain : domains) {
    if (domain.state == DomainState::kShutOff) continue;
    auto cut = inventory.Find(domain.hypervisor)->Shutdown(domain.uuid, deadline);
    // One that is gone between the two questions is seen, or not, by the next look.
    if (!cut && cut.error().code != base::ErrorCode::kNotFound) {
      return NoProof("cutting the power of " + domain.name + ": " + cut.error().message);
    }
  }
  return {};
}

}  // namespace

base::Result<void> CanProve(hypervisor::Inventory& inventory, const FenceConfig& fence, base::Deadline deadline) {
  auto seen = Look(inventory, fence, deadline);
  if (!seen) return seen.error();
  return seen->empty() ? NoProof("no hypervisor knows " + fence.domain) : base::Result<void>();
}

base::Result<void> CutOff(hypervisor::Inventory& inventory, const FenceConfig& fence, base::Deadline deadline) {
  auto seen = Look(inventory, fence, deadline);
  if (seen && seen->empty()) return NoProof("no hypervisor knows " + fence.domain);
  // A transient domain is no longer listed once it is off.
  while (seen && !AllOff(*seen)) {
    if (auto cut = CutPower(inventory, *seen, deadline); !cut) return cut;
    seen = Look(inventory, fence, deadline);
    if (!seen || AllOff(*seen)) break;
    if (deadline.Left() < 2 * kPoll) return NoProof(fence.domain + " is not off in time");
    std::this_thread::sleep_for(kPoll);
  }
  if (!seen) return seen.error();
  return {};
}

base::Result<void> ProveOff(hypervisor::Inventory& inventory, const FenceConfig& fence, base::Deadline deadline) {
  auto seen = Look(inventory, fence, deadline);
  if (!seen) return seen.error();
  return AllOff(*seen) ? base::Result<void>() : NoProof(fence.domain + " is not off any more");
}

}  // namespace forewarn::actuators
