// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "common/http/server.h"
#include "webhook/engine/engine.h"

namespace forewarn::api {

// What the HTTP surface stands on; all of it outlives the server.
struct Surface {
  engine::Engine& engine;
  http::Handler metrics;
  std::function<base::Result<void>()> reload;
};

// POST /api/v1/alerts (Alertmanager's webhook), GET /api/v1/mitigations, GET and PUT /api/v1/kill-switch, /metrics,
// /-/healthy, /-/ready, /-/reload, and the landing page. What changes something is refused to browsers.
std::vector<http::Route> Routes(const Surface& surface, const std::string& telemetry_path);

}  // namespace forewarn::api
