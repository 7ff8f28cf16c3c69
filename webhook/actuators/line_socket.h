// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "common/base/clock.h"
#include "common/base/result.h"

namespace forewarn::actuators {

// unix:/PATH or tcp:ADDRESS:PORT ([ADDRESS] for IPv6), numeric; else kInvalid.
base::Result<void> CheckAddress(const std::string& address);

// Whether somebody accepts a connection there.
base::Result<void> TryConnect(const std::string& address, base::Deadline deadline);

// Connects, sends `request` and reads until the other side closes: one exchange of a line protocol. The answer is at
// most 16 MiB. kUnavailable: nothing was sent; kTimeout or kUnavailable later: the outcome is unknown.
base::Result<std::string> Exchange(const std::string& address, const std::string& request, base::Deadline deadline);

}  // namespace forewarn::actuators
