// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mutex>

#include "common/promql/client.h"
#include "webhook/guard/guard_rails.h"

namespace forewarn::engine {

// All instances that telemetry knows, asked at most every two seconds however many plans want to know. Thread-safe.
class FleetView {
 public:
  // kUnavailable also where telemetry knows no instance at all: it is broken then, or it isn't ours.
  base::Result<std::shared_ptr<const guard::Fleet>> Get(promql::Client& telemetry, const plan::Targets& targets,
                                                        base::WallTime now);

 private:
  std::mutex mutex_;
  base::WallTime asked_{};
  base::Result<std::shared_ptr<const guard::Fleet>> last_ = base::Error{base::ErrorCode::kUnavailable, "not asked yet"};
};

// One query for the domains of all instances, and those with a fault above its mitigate threshold.
std::string FleetQuery();

}  // namespace forewarn::engine
