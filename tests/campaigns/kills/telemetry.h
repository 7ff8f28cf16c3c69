// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "common/http/server.h"
#include "tests/campaigns/kills/plans.h"

namespace forewarn::crash {

// A Prometheus as far as the webhook asks: everything is predicted for every domain, and a domain's symptom is what its
// plan makes of what is set on it right now.
class Telemetry {
 public:
  explicit Telemetry(Subjects& subjects);
  void Expect(const std::string& domain, const Plan* plan);
  std::string url() const { return "http://127.0.0.1:" + std::to_string(server_->ports()[0]); }

 private:
  http::Response Answer(const std::string& form);
  Subjects& subjects_;
  std::mutex mutex_;
  std::map<std::string, const Plan*> plans_;  // by domain
  std::unique_ptr<http::Server> server_;
};

}  // namespace forewarn::crash
