// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "webhook/actuators/actuator.h"
#include "webhook/actuators/target_config.h"
#include "webhook/hypervisor/hypervisor.h"

namespace forewarn::actuators {

// Whether the target's standby domain runs: {"state": "shutoff" | "paused" | "running"}. Relief makes it run; whether
// its service is healthy is for `traffic` to ask. Refuses no_standby where the configuration names none, at_limit where
// it runs. Has no stress (no_stress). The standby is found by its exact name at each call.
std::unique_ptr<Actuator> MakeStandby(hypervisor::Inventory* inventory, TargetLookup targets);

}  // namespace forewarn::actuators
