// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "webhook/actuators/actuator.h"
#include "webhook/actuators/target_config.h"
#include "webhook/hypervisor/hypervisor.h"

namespace forewarn::actuators {

// What each vCPU may use of a period, and what its domain weighs against others: {"vcpu_quota": "50000", "vcpu_period":
// "100000", "cpu_shares": "1024"}; microseconds, -1 is unlimited; shares are absent where the host has none. The period
// is only told, never set.
// Relief raises the quota by 1 + severity; where it is unlimited the shares, which count where processors are short,
// and no further than the kernel goes (10000 for what is below, the bound of cgroup v2; else 262144, of v1); refuses
// no_quota_to_raise where there is neither. Stress lowers the quota by StressFactor, from one whole period where
// it is unlimited; at_limit. Limits: ratio (quota/period), shares.
std::unique_ptr<Actuator> MakeCpuQuota(hypervisor::Inventory* inventory, TargetLookup targets);

}  // namespace forewarn::actuators
