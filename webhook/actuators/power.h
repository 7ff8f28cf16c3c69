// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "webhook/actuators/actuator.h"
#include "webhook/hypervisor/hypervisor.h"

// The power of the target itself: the last steps of a plan, since what it serves stops.
namespace forewarn::actuators {

// {"state": "running" | "paused"}. Relief pauses it: when its disks fail, nothing more is lost than time. at_limit
// where it is paused already, not_running where it is off. Reversible: it goes on where it stood. Stress pauses it for
// a part of each second, {"state": "pause 180/1000"}, as network flaps its links.
std::unique_ptr<Actuator> MakePause(hypervisor::Inventory* inventory);

// How often we have reset this run of it: {"resets": "0"}. Relief resets a guest that hangs, as its button would: what
// it had not written is lost, so there is no way back (final); a lower number than is reached does nothing. The number
// is noted in the domain's live metadata before the reset, so one proposal resets at most once, however often it is
// applied; where we die in between it doesn't at all, and the verification says so. not_running; has no stress.
std::unique_ptr<Actuator> MakeReset(hypervisor::Inventory* inventory);

}  // namespace forewarn::actuators
