// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "webhook/actuators/actuator.h"
#include "webhook/actuators/target_config.h"
#include "webhook/hypervisor/hypervisor.h"

namespace forewarn::actuators {

// The standby in place of the target, never both: {"standby": "paused", "target": "running"}. Relief fences the target
// (fence.h: refuses no_fence_proof, and then the standby was not touched), makes the standby run, and waits until it
// serves. Final: any other setting than that, and than what is, is refused as `final`. Also refuses no_standby,
// at_limit and no_stress.
std::unique_ptr<Actuator> MakeFailover(hypervisor::Inventory* inventory, TargetLookup targets);

}  // namespace forewarn::actuators
