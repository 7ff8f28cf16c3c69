// SPDX-License-Identifier: Apache-2.0
#include "webhook/host_domains.h"

namespace forewarn::webhook {

base::Result<actuators::Target> HostDomains::Resolve(const std::string& domain, base::Deadline deadline) {
  auto found = inventory_->Resolve(domain, deadline);
  if (!found) return found.error();
  return actuators::Target{found->name, found->uuid, found->hypervisor, ""};
}

base::Result<void> HostDomains::Mark(const actuators::Target& target, const engine::Note& note,
                                     base::Deadline deadline) {
  using std::chrono::floor, std::chrono::seconds;
  const base::WallTime expiry = floor<seconds>(note.expiry), now = floor<seconds>(base::SystemClock().Now());
  return markers_.Put(target, {note.change_id, note.actuator, note.previous, expiry, note.epoch, now}, deadline);
}

base::Result<bool> HostDomains::Marked(const actuators::Target& target, const std::string& actuator,
                                       base::Deadline deadline) {
  auto marker = markers_.Get(target, actuator, deadline);
  if (!marker) return marker.error();
  return marker->has_value();
}

base::Result<std::set<std::string>> HostDomains::On(const std::string& hypervisor, base::Deadline deadline) {
  hypervisor::Hypervisor* host = inventory_->Find(hypervisor);
  if (host == nullptr) return base::Error{base::ErrorCode::kNotFound, "no hypervisor " + hypervisor};
  auto domains = host->Domains(deadline);
  if (!domains) return domains.error();
  std::set<std::string> names;
  for (const hypervisor::Domain& domain : *domains) names.insert(domain.name);
  return names;
}

base::Result<void> HostDomains::Unmark(const actuators::Target& target, const engine::Note& note,
                                       base::Deadline deadline) {
  return markers_.Remove(target, note.actuator, note.epoch, deadline);
}

}  // namespace forewarn::webhook
