// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

// Answers for a terminal. What others wrote can't steer it: control characters become '?'.
namespace forewarn::remote {

std::string Cell(const nlohmann::json& value);     // null is "-", an object k=v
std::string Percent(const nlohmann::json& ratio);  // of a number from 0 to 1
std::string Time(const nlohmann::json& seconds);   // since the epoch, as ISO 8601 in UTC
std::string Columns(const std::vector<std::vector<std::string>>& lines);

// The member of an object, null where it is absent.
const nlohmann::json& At(const nlohmann::json& object, const char* key);
// The items of a member that should be an array; none where it is not.
std::vector<nlohmann::json> Items(const nlohmann::json& object, const char* key);

std::string MitigationsText(const nlohmann::json& data);  // a line per change
std::string EpisodeText(const nlohmann::json& data);      // one episode, all that is known
std::string PlanText(const nlohmann::json& data);
std::string PredictionsText(const nlohmann::json& data);
std::string KillSwitchText(const nlohmann::json& data);

}  // namespace forewarn::remote
