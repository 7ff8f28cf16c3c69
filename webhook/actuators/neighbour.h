// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include "webhook/actuators/actuator.h"
#include "webhook/hypervisor/hypervisor.h"

namespace forewarn::actuators {

// Of the running domains of that hypervisor which are neighbours of the target, the one whose disks have the most to
// do, with the target as its beneficiary: two samples a quarter of a second apart. kUnsupported, no_busy_neighbour,
// where none of them does anything.
base::Result<Target> BusiestNeighbour(hypervisor::Hypervisor& host, const Target& target,
                                      const std::function<bool(const std::string&)>& is_neighbour,
                                      base::Deadline deadline);

}  // namespace forewarn::actuators
