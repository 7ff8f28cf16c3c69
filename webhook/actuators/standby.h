// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "webhook/actuators/actuator.h"
#include "webhook/actuators/target_config.h"
#include "webhook/hypervisor/hypervisor.h"

namespace forewarn::actuators {

// Whether the target's standby domain runs: {"state": "shutoff" | "paused" | "running"}, a setting of the standby,
// which is the subject. Relief makes it run (one that was started and paused beforehand is resumed) and waits until it
// serves by its own check; then it is kUnavailable. Refuses no_standby where the configuration names none, at_limit
// where it runs, exclusive where both would write the same data (that takes `failover`). Has no stress (no_stress).
std::unique_ptr<Actuator> MakeStandby(hypervisor::Inventory* inventory, TargetLookup targets);

// What more the configuration says about that; nothing where it doesn't know the domain.
StandbyConfig StandbyUse(const TargetLookup& targets, const std::string& domain);

// The domain that stands by for the target, found by its exact name. Refuses no_standby.
base::Result<hypervisor::Domain> StandbyOf(hypervisor::Inventory& inventory, const TargetLookup& targets,
                                           const std::string& domain, base::Deadline deadline);

}  // namespace forewarn::actuators
