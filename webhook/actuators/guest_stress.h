// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "webhook/actuators/actuator.h"
#include "webhook/hypervisor/hypervisor.h"

namespace forewarn::actuators {

// What burns the guest's processors from inside: {"cpu": "burn 180/1000"}, each of them for that part of each second,
// or "none". Run by /bin/sh through QEMU's guest agent, and noted in a file of the guest, /run/forewarn-stress (or
// /tmp): without that file it ends within a second, so any process can undo it, and by itself at the marker's expiry,
// or after ten minutes. Stress as network's; at_limit where it burns already. For experiments only (no_relief).
// no_guest_agent where nobody answers, or the guest has no shell.
std::unique_ptr<Actuator> MakeGuestStress(hypervisor::Inventory* inventory);

}  // namespace forewarn::actuators
