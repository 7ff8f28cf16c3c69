// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "webhook/actuators/actuator.h"
#include "webhook/actuators/target_config.h"
#include "webhook/hypervisor/hypervisor.h"

namespace forewarn::actuators {

// The I/O limits of all disks of the target: {"vda.total_iops_sec": "100"}; what is absent is unlimited.
// Relief raises what is limited by 1 + severity; refuses no_limit_to_raise where nothing is, at_limit where it may not
// go further. Stress lowers by StressFactor; where nothing is limited, it limits each disk to that part of the requests
// that it does now (a look of a quarter of a second), or of the configuration's highest total_iops_sec where it is
// idle, and at least 10; no_limit_to_lower where neither is known. Undone, it is without limits again. Where nothing of
// the target is limited, but the configuration names neighbours, the subject is the busiest of those on the same
// hypervisor (requests in a quarter of a second; no_busy_neighbour), and relief goes the other way: each of its disks
// is lowered to where severity says between the highest (0) and the lowest (1) of the neighbour's own limits
// (no_neighbour_limits without them). Of a neighbour, total_iops_sec is told also where it is 0.
// Limits: libvirt's names, total_iops_sec and so on.
std::unique_ptr<Actuator> MakeDiskIo(hypervisor::Inventory* inventory, TargetLookup targets);

}  // namespace forewarn::actuators
