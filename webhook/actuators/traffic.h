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
// Relief gives all to the standby; refuses no_backend where the configuration names none, at_limit where it has all.
// Apply takes traffic away only when a server that shall take it is up by HAProxy's own checks (no_health_check where
// it has none): if none is up in time, nothing is shifted (kUnavailable). Has no stress (no_stress).
std::unique_ptr<Actuator> MakeTraffic(std::map<std::string, HaproxyRuntime> balancers, TargetLookup targets);

}  // namespace forewarn::actuators
