// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "webhook/actuators/actuator.h"
#include "webhook/actuators/target_config.h"
#include "webhook/hypervisor/hypervisor.h"

namespace forewarn::actuators {

// The I/O limits of all disks of the target: {"vda.total_iops_sec": "100"}; what is absent is unlimited.
// Relief raises what is limited by 1 + severity; refuses no_limit_to_raise where nothing is, at_limit where it may not
// go further. Stress lowers by 0.7; an unlimited disk has nothing to lower (no_limit_to_lower).
// Limits: libvirt's names, total_iops_sec and so on.
std::unique_ptr<Actuator> MakeDiskIo(hypervisor::Inventory* inventory, TargetLookup targets);

}  // namespace forewarn::actuators
