// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "tests/campaigns/kills/victim.h"

namespace forewarn::stops {

// A new alert that asks for an experiment, again and again until it is taken.
base::Result<void> SendAlert(crash::Victim& victim, const std::string& domain, const std::string& fault);

}  // namespace forewarn::stops
