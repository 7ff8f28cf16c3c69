// SPDX-License-Identifier: Apache-2.0
#include "webhook/actuators/neighbour.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <thread>

#include "webhook/actuators/change.h"

namespace forewarn::actuators {
namespace {

using std::chrono::milliseconds;

constexpr base::Duration kBetween = milliseconds(250);

// Those that can be asked: one that stops meanwhile is no longer busy.
std::map<std::string, std::uint64_t> Sample(hypervisor::Hypervisor& host,
                                            const std::vector<hypervisor::Domain>& domains, base::Deadline deadline) {
  std::map<std::string, std::uint64_t> requests;  // by UUID
  for (const auto& domain : domains) {
    if (const auto use = host.DiskUseOf(domain.uuid, deadline)) requests[domain.uuid] = use->requests;
  }
  return requests;
}

}  // namespace

base::Result<Target> BusiestNeighbour(hypervisor::Hypervisor& host, const Target& target,
                                      const std::function<bool(const std::string&)>& is_neighbour,
                                      base::Deadline deadline) {
  auto domains = host.Domains(deadline);
  if (!domains) return domains.error();
  std::erase_if(*domains, [&](const hypervisor::Domain& domain) {
    return domain.state != hypervisor::DomainState::kRunning || domain.uuid == target.uuid ||
           !is_neighbour(domain.name);
  });
  const auto first = Sample(host, *domains, deadline);
  if (deadline.Left() < 2 * kBetween)
    return base::Error{base::ErrorCode::kUnavailable, "no time to look at neighbours"};
  if (!first.empty()) std::this_thread::sleep_for(kBetween);
  const auto second = Sample(host, *domains, deadline);
  const hypervisor::Domain* busiest = nullptr;
  std::uint64_t most = 0;
  for (const auto& domain : *domains) {
    if (!first.contains(domain.uuid) || !second.contains(domain.uuid)) continue;
    const std::uint64_t done = second.at(domain.uuid) - std::min(first.at(domain.uuid), second.at(domain.uuid));
    if (done > most) busiest = &domain, most = done;
  }
  if (busiest == nullptr) return Refusal("no_busy_neighbour", "no neighbour of " + target.domain + " uses its disks");
  return Target{busiest->name, busiest->uuid, target.hypervisor, target.domain};
}

}  // namespace forewarn::actuators
