// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "common/http/server.h"

namespace forewarn::saves {

// Answers every instant query with a value per instance, and every range with nothing: a Prometheus as far as a tick
// needs one.
class Source {
 public:
  explicit Source(int instances);
  std::string url() const { return "http://127.0.0.1:" + std::to_string(server_->ports()[0]); }

 private:
  std::unique_ptr<http::Server> server_;
};

}  // namespace forewarn::saves
