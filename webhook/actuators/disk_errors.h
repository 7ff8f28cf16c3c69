// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "webhook/actuators/actuator.h"
#include "webhook/hypervisor/hypervisor.h"

namespace forewarn::actuators {

// A small disk, added to those that the target has, of which the first blocks of 4 KiB fail to be read and written:
// {"failing": "4"}, "0" is none. The target's own disks are left alone: what is seen is what its kernel logs, and what
// reads the new disk. Stress: 20 blocks × severity, at least 2; at_limit where there is such a disk already. For
// experiments only (no_relief). Undone, it is taken away, for which the guest has to let it go. Only QEMU has it, and
// libvirt marks the domain as tainted (no_disk_errors where it can't be, not_running).
std::unique_ptr<Actuator> MakeDiskErrors(hypervisor::Inventory* inventory);

}  // namespace forewarn::actuators
