// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/base/clock.h"
#include "common/base/result.h"
#include "webhook/actuators/target_config.h"

namespace forewarn::actuators {

// From tcp: "ADDRESS:PORT", or http: "http://ADDRESS:PORT/PATH"; numeric addresses, [ADDRESS] for IPv6. kInvalid.
base::Result<ReadyCheck> TcpCheck(const std::string& address);
base::Result<ReadyCheck> HttpCheck(const std::string& url);

// Asks again and again until it serves. kUnavailable: not in time, with what it said last.
base::Result<void> AwaitReady(const ReadyCheck& check, base::Deadline deadline);

}  // namespace forewarn::actuators
