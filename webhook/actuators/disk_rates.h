// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "common/base/clock.h"
#include "common/base/result.h"
#include "webhook/hypervisor/hypervisor.h"

namespace forewarn::actuators {

// Requests per second of each disk (vda, …), over a quarter of a second. Errors as Hypervisor's; kUnavailable where
// there is no time to look.
base::Result<std::map<std::string, double>> DiskRates(hypervisor::Hypervisor& host, const std::string& uuid,
                                                      base::Deadline deadline);

}  // namespace forewarn::actuators
