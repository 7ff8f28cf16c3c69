// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <string>

// Answers about experiments for a terminal.
namespace forewarn::trials {

std::string ListText(const nlohmann::json& data);  // a line per experiment
std::string OneText(const nlohmann::json& data);   // all that is known of the first
std::string PlanText(const nlohmann::json& data);  // of a dry run

}  // namespace forewarn::trials
