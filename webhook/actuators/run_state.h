// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "common/base/clock.h"
#include "common/base/result.h"
#include "webhook/hypervisor/hypervisor.h"

// Whether a domain runs, as a part of a setting.
namespace forewarn::actuators {

inline constexpr char kRunning[] = "running", kPaused[] = "paused", kShutOff[] = "shutoff";

// One of these; kUnavailable where the domain is between two of them.
base::Result<std::string> RunState(const std::string& domain, hypervisor::DomainState state);

// Starts, resumes, pauses or forces it off, whatever it takes, and reads back: kConflict where it is otherwise.
// kInvalid: no such state.
base::Result<void> Bring(hypervisor::Hypervisor& host, const hypervisor::Domain& domain, const std::string& wanted,
                         base::Deadline deadline);

}  // namespace forewarn::actuators
