// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "cli/remote/service.h"
#include "common/base/clock.h"

namespace forewarn::trials {

// One that was asked for: as the API has it.
base::Result<nlohmann::json> Begin(remote::Service& webhook, const nlohmann::json& wanted);

// From when on there is nothing more to wait for.
enum class Until {
  kVerdict,  // it is final
  kOver,     // its series is gone, too: another may begin on the same target
};

struct Patience {
  Until until = Until::kVerdict;
  base::Duration timeout = std::chrono::minutes(15), poll = std::chrono::milliseconds(500);
};

// Asks until there is nothing more to wait for, with each event on stderr. A webhook that is away is asked again.
// kTimeout: it is under way still.
base::Result<nlohmann::json> Await(remote::Service& webhook, const nlohmann::json& experiment,
                                   const Patience& patience);

// passed, failed, inconclusive, aborted, refused; or the phase of one that is under way.
std::string VerdictOf(const nlohmann::json& experiment);

base::Result<base::Duration> DurationOf(const char* option, const std::string& text);

}  // namespace forewarn::trials
