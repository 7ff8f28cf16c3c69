// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/http/server.h"
#include "exporter/publish/publisher.h"
#include "exporter/publish/self_metrics.h"

namespace forewarn::publish {

struct RouteParts {
  std::string telemetry_path = "/metrics";
  std::shared_ptr<const Publisher> publisher;
  std::shared_ptr<prometheus::Registry> registry;
  std::shared_ptr<const prometheus::Collectable> scores;
  std::function<base::Result<void>()> reload;  // called on a thread of the server
};

// The exporter's HTTP surface, but its page; see README.md. The routes keep the parts alive.
std::vector<http::Route> Routes(RouteParts parts);

}  // namespace forewarn::publish
