// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "common/config/yaml.h"
#include "webhook/hypervisor/hypervisor.h"

namespace forewarn::hypervisor {

// `hypervisors:` of webhook.yaml: at least one, no two of a name. Mistakes are recorded in the document.
std::vector<Location> DecodeLocations(const config::Node& node);

}  // namespace forewarn::hypervisor
