// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>

#include "webhook/actuators/actuator.h"
#include "webhook/actuators/haproxy.h"
#include "webhook/actuators/target_config.h"

namespace forewarn::actuators {

// Who of the target and its standby takes traffic in HAProxy:
// {"web/primary": "weight 100 state ready", "web/standby": "weight 0 state ready"}.
// Relief gives the standby half of what both take (a mild severity), three quarters, or all; refuses no_backend where
// the configuration names none, at_limit where it has as much. A weight of 1 cannot be divided: give them 100.
// Apply goes in four steps, there as well as back. Who takes over has to be up by HAProxy's own checks before
// (no_health_check where it has none; kUnavailable where it isn't in time: then nothing is shifted) and for
// Backend::step_pause after each step: where it goes down everything is set back, and that is kUnavailable. Who only
// gains, while nobody loses, needs no proof. Stress gives a server that serves badly (Backend::stalled_server, else
// no_stalled_server) the part that StressFactor takes from the target's: of a weight of 100, 18 at 0.2; at_limit where
// it has as much, or the weight is too small. It needs no proof, and neither does the way back.
std::unique_ptr<Actuator> MakeTraffic(std::map<std::string, HaproxyRuntime> balancers, TargetLookup targets);

}  // namespace forewarn::actuators
