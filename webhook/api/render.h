// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include "webhook/engine/engine.h"

// Episodes as docs/openapi.yaml has them (Mitigation, Plan). Times are seconds since the epoch; what is unknown is
// null.
namespace forewarn::api {

nlohmann::json EpisodeJson(const journal::Episode& episode);  // without its changes
// One per change, the last first; an episode that came to none is one without actuator.
void AppendMitigations(const journal::Episode& episode, nlohmann::json& mitigations);
nlohmann::json PlanJson(const engine::Preview& preview);
nlohmann::json ExperimentJson(const journal::Episode& episode);     // Experiment
nlohmann::json ExperimentPlanJson(const engine::Preview& preview);  // ExperimentPlan

}  // namespace forewarn::api
