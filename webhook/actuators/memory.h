// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "webhook/actuators/actuator.h"
#include "webhook/actuators/target_config.h"
#include "webhook/hypervisor/hypervisor.h"

namespace forewarn::actuators {

// The balloon: {"current_kib": "524288", "maximum_kib": "1048576"}; the maximum is only told, never set.
// Relief goes from the current size towards the ceiling (the maximum, or the limit) by that part which severity says;
// refuses no_memory_to_give there. Stress lowers by StressFactor, never below the limit's minimum (where there is none,
// a quarter of the maximum) or 64 MiB; at_limit. Limits: mib.
std::unique_ptr<Actuator> MakeMemory(hypervisor::Inventory* inventory, TargetLookup targets);

}  // namespace forewarn::actuators
