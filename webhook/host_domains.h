// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>

#include "webhook/actuators/marker.h"
#include "webhook/engine/domains.h"

namespace forewarn::webhook {

// The engine's view of the inventory of hypervisors.
class HostDomains : public engine::Domains {
 public:
  explicit HostDomains(hypervisor::Inventory* inventory) : inventory_(inventory), markers_(inventory) {}
  base::Result<actuators::Target> Resolve(const std::string& domain, base::Deadline deadline) override;
  base::Result<void> Mark(const actuators::Target& target, const engine::Note& note, base::Deadline deadline) override;
  base::Result<std::set<std::string>> On(const std::string& hypervisor, base::Deadline deadline);
  base::Result<bool> Marked(const actuators::Target& target, const std::string& actuator,
                            base::Deadline deadline) override;
  base::Result<void> Unmark(const actuators::Target& target, const engine::Note& note,
                            base::Deadline deadline) override;

 private:
  hypervisor::Inventory* inventory_;
  actuators::Markers markers_;
};

}  // namespace forewarn::webhook
