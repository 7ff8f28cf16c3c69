// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>

#include "common/config/yaml.h"
#include "webhook/actuators/target_config.h"

namespace forewarn::plan {

// `standby:` of a target: the domain's name, or {domain, ready: {tcp: ADDRESS:PORT} or {http: URL}, exclusive,
// fence: {hypervisor}}; `hypervisors`: those that there are. Mistakes are recorded in the document.
void DecodeStandby(const config::Node& node, const std::set<std::string>& hypervisors, actuators::TargetConfig& target);

// `replica:` of a target: {primary: CONNINFO, standby: CONNINFO, password_file, max_lag: BYTES or DURATION,
// fence: {domain, hypervisor}}.
actuators::ReplicaConfig DecodeReplica(const config::Map& map, const std::set<std::string>& hypervisors);

}  // namespace forewarn::plan
