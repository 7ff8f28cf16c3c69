// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "common/http/server.h"
#include "tests/campaigns/pair/plant.h"

namespace forewarn::replicas {

// Predicts a memory leak of every domain, and says that it is relieved where the domain has got memory.
class Telemetry {
 public:
  explicit Telemetry(const Plant& plant);
  std::string url() const { return "http://127.0.0.1:" + std::to_string(server_->ports()[0]); }

 private:
  std::string Answer(const std::string& expr) const;
  const Plant& plant_;
  std::unique_ptr<http::Server> server_;
};

}  // namespace forewarn::replicas
