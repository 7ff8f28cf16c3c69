// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "common/http/server.h"
#include "webhook/api/asks.h"
#include "webhook/engine/engine.h"

// What people ask of the engine.
namespace forewarn::api {

// kNotFound: no such episode, for whatever purpose.
base::Result<journal::Episode> FindOne(engine::Engine& engine, std::int64_t id);
// A person's wish: the episode as it is then. What is asked for again is no mistake. kNotFound: no such episode;
// kConflict: it cannot be had any more.
base::Result<journal::Episode> Leave(engine::Engine& engine, const Action& action, const std::string& by);
// Stops everything and undoes what is in force; or lets it act again. Durable when it returns.
enum class KillSwitch { kEngage, kDisengage };
base::Result<void> Turn(engine::Engine& engine, KillSwitch to, const std::string& by);
// What the engine says to the request. kConflict also where the request_id was used for something else.
base::Result<journal::Episode> Ask(engine::Engine& engine, const engine::Engine::Asked& asked);

// GET /api/v1/mitigations/{id}
http::Response OneMitigation(engine::Engine& engine, const http::Request& request);
// POST /api/v1/mitigations: 202 with the episode; the same request_id gives the same one.
http::Response AskForMitigation(engine::Engine& engine, const http::Request& request, const std::string& by);
// POST /api/v1/mitigations/{id}/{approve|refuse|revert}: 202, or 409 where it cannot be had any more.
http::Response LeaveWish(engine::Engine& engine, const http::Request& request, const std::string& by);
// GET /api/v1/plans?domain=…&fault=…: what would be done now, and who would say no.
http::Response PlanResponse(engine::Engine& engine, const http::Request& request);

}  // namespace forewarn::api
