// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "common/http/server.h"
#include "webhook/engine/engine.h"

namespace forewarn::api {

// The wish to end one: the episode as it is then. What is asked for again is no mistake. kNotFound: no such experiment;
// kConflict: it is being undone already.
base::Result<journal::Episode> Abort(engine::Engine& engine, std::int64_t id, const std::string& by);

// GET /api/v1/experiments, filtered as FilterOf says, newest first
http::Response ListExperiments(engine::Engine& engine, const http::Request& request);
// GET /api/v1/experiments/{id}
http::Response OneExperiment(engine::Engine& engine, const http::Request& request);
// POST /api/v1/experiments: 202 with the experiment; the same request_id gives the same one.
http::Response AskForExperiment(engine::Engine& engine, const http::Request& request, const std::string& by);
// POST /api/v1/experiments?dry_run=1: what would be done now, and who would say no. Touches nothing.
http::Response ExperimentPlan(engine::Engine& engine, const http::Request& request);
// POST /api/v1/experiments/{id}/abort: 202; 409 where it is being undone already.
http::Response AbortExperiment(engine::Engine& engine, const http::Request& request, const std::string& by);

}  // namespace forewarn::api
