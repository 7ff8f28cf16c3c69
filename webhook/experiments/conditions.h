// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "common/promql/client.h"
#include "webhook/experiments/template.h"

namespace forewarn::experiments {

// All of them hold: nullopt; else the first that doesn't, for a person. Error: telemetry cannot be asked.
base::Result<std::optional<std::string>> NotHolding(promql::Client& client, const std::vector<Condition>& conditions,
                                                    const std::string& domain);
// None of them holds: nullopt; else the first that does.
base::Result<std::optional<std::string>> Holding(promql::Client& client, const std::vector<Condition>& conditions,
                                                 const std::string& domain);
// Whether Prometheus has the mark of the experiment.
base::Result<bool> MarkVisible(promql::Client& client, const std::string& domain, const std::string& fault);

}  // namespace forewarn::experiments
