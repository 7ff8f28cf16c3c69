// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "tests/campaigns/kills/plans.h"

namespace forewarn::stops {

// webhook.yaml: experiments about the faults Tight and Short of alpha and beta, done to their canary; `times` are the
// templates' own ("ttl: 2m"). Nothing is relieved by what is tried.
std::string Configuration(const crash::Addresses& addresses, const std::string& times);

}  // namespace forewarn::stops
