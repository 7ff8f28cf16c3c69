// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "webhook/actuators/actuator.h"
#include "webhook/actuators/target_config.h"
#include "webhook/hypervisor/hypervisor.h"

// What the actuators have in common.
namespace forewarn::actuators {

// kUnsupported in the form that Actuator's contract asks for: "no_limit_to_raise: …".
base::Error Refusal(std::string_view reason, std::string_view detail);

// A change too small to be seen can't be verified, so a severity counts as at least 0.1; and as at most 1.
double Scale(double severity);

// What an injection lowers a setting to: 0.82 of it at 0.2, 0.46 at 0.6, a tenth at most. A lower severity is always a
// milder injection.
double StressFactor(double severity);

// `wanted` within the limits of that name, but never on the other side of `now`: a value that is outside already is
// not moved against the direction that was asked for.
double Bounded(const Limits& limits, const std::string& name, double now, double wanted);

// A whole number of a setting; nullopt where it is absent or no number.
std::optional<std::int64_t> NumberAt(const Setting& setting, const std::string& name);

// The hypervisor that has the target: the one that it names, or, if the domain has gone from there, the one that runs
// it now: what was set goes with a domain that migrates, and a domain is only gone where all say so (else
// kUnavailable). kNotFound where the inventory has none of that name.
base::Result<hypervisor::Hypervisor*> HypervisorOf(hypervisor::Inventory& inventory, const Target& target,
                                                   base::Deadline deadline);

}  // namespace forewarn::actuators
