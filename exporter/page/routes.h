// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/http/server.h"
#include "common/http/web_paths.h"
#include "exporter/page/trails.h"
#include "exporter/publish/publisher.h"
#include "exporter/publish/self_metrics.h"

namespace forewarn::page {

struct Ground {
  std::shared_ptr<const publish::Publisher> publisher;
  std::shared_ptr<const Trails> trails;
  std::function<publish::SelfMetrics::Standing()> look;
  http::WebPaths paths;
  std::string telemetry_path = "/metrics";
};

// GET / and what it needs. ?domain=&fault=: only those.
std::vector<http::Route> Routes(const Ground& ground);

}  // namespace forewarn::page
