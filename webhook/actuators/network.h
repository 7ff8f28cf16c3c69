// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "webhook/actuators/actuator.h"
#include "webhook/actuators/target_config.h"
#include "webhook/hypervisor/hypervisor.h"

namespace forewarn::actuators {

// Links and bandwidth limits of all interfaces of the target, by MAC: {"52:54:00:00:00:01 link": "up",
// "52:54:00:00:00:01 inbound.average": "1000"}, KiB/s; burst in KiB; a limit that is absent is none.
// Relief raises the limits by 1 + severity; no_limit_to_raise where there is none; at_limit. A link that is down is not
// ours to raise. Stress cuts the links that are up for a part of each second: {"52:54:00:00:00:01 link": "flap
// 180/1000"}, 180 ms at 0.2, 540 ms at 0.6 (pulses.h); no_link_to_cut where none is up. The pulses last as long as this
// object, until the next Apply, or ten minutes, and each leaves the links up; one that a crash cuts off leaves them
// down. Needs sfq and policing in the host's kernel to limit: where they lack, no_bandwidth_control and all is as it
// was. Limits: average (of each way).
std::unique_ptr<Actuator> MakeNetwork(hypervisor::Inventory* inventory, TargetLookup targets);

}  // namespace forewarn::actuators
