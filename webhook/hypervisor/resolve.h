// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "webhook/hypervisor/hypervisor.h"

namespace forewarn::hypervisor {

// Which of the answers of all hypervisors is the domain of that name: Inventory::Resolve's rule, pure.
base::Result<Domain> Choose(const std::string& name, const std::vector<base::Result<std::optional<Domain>>>& answers);

}  // namespace forewarn::hypervisor
