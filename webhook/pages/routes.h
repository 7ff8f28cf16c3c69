// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "common/http/server.h"
#include "common/http/web_paths.h"
#include "webhook/api/access.h"
#include "webhook/engine/engine.h"

namespace forewarn::pages {

// What the pages stand on; all of it outlives the server.
struct Ground {
  engine::Engine& engine;
  const api::Access& access;
  http::WebPaths paths;
  std::string telemetry_path = "/metrics";
};

// The pages and what their forms do; see README.md. They need what the API's calls need.
std::vector<http::Route> Routes(const Ground& ground);

}  // namespace forewarn::pages
