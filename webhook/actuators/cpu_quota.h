// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "webhook/actuators/actuator.h"
#include "webhook/actuators/target_config.h"
#include "webhook/hypervisor/hypervisor.h"

namespace forewarn::actuators {

// What each vCPU may use of a period: {"vcpu_quota": "50000", "vcpu_period": "100000"}, microseconds; -1 is unlimited.
// The period is only told, never set. Relief raises the quota by 1 + severity; refuses no_quota_to_raise where it is
// unlimited. Stress lowers it by 0.7, from one whole period where it is unlimited; at_limit. Limits: ratio
// (quota/period).
std::unique_ptr<Actuator> MakeCpuQuota(hypervisor::Inventory* inventory, TargetLookup targets);

}  // namespace forewarn::actuators
