// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "common/http/server.h"
#include "webhook/api/access.h"
#include "webhook/engine/engine.h"

namespace forewarn::api {

// What the HTTP surface stands on; all of it outlives the server.
struct Surface {
  engine::Engine& engine;
  const Access& access;
  http::Handler metrics;
  std::function<base::Result<void>()> reload;
};

// What docs/openapi.yaml says of the webhook, but its pages. What changes something is refused to browsers;
// /metrics, /-/healthy and /-/ready are for whomever the web config lets in.
std::vector<http::Route> Routes(const Surface& surface, const std::string& telemetry_path);

}  // namespace forewarn::api
