// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "webhook/actuators/actuator.h"
#include "webhook/actuators/target_config.h"
#include "webhook/hypervisor/hypervisor.h"

namespace forewarn::actuators {

// How many CPUs the guest uses: {"online": "1", "maximum": "4"}; the maximum is only told, never set.
// Relief raises by 1 + severity, at least by one: what is missing is plugged in live, then brought online. Stress
// lowers by StressFactor, at least by one; at_limit. The way down is the guest's agent, which takes CPUs offline:
// unplugging damages QEMU under emulation and is never done. So exact restoration is of what the guest sees, and ends
// with its run: vCPUs that were plugged stay, offline, until it stops. Without an agent there is no such way back, and
// nothing is changed: no_way_back. Limits: count.
std::unique_ptr<Actuator> MakeVcpus(hypervisor::Inventory* inventory, TargetLookup targets);

}  // namespace forewarn::actuators
