// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fstream>
#include <memory>
#include <mutex>
#include <sstream>
#include <string>
#include <vector>

#include "common/http/server.h"

namespace forewarn::cli {

// Plays both daemons with the answers of tests/cli/answers, which the contract is asked about (shapes.py).
class FakeApi {
 public:
  FakeApi() {
    http::ServerOptions options;
    options.listen = {"127.0.0.1:0"};
    const std::string mitigations = "/api/v1/mitigations";
    std::vector<http::Route> routes = {Answers("GET", mitigations, 200, "mitigations"),
                                       Answers("POST", mitigations, 202, "mitigation"),
                                       Answers("GET", mitigations + "/*", 200, "mitigation"),
                                       Answers("POST", mitigations + "/7/*", 202, "mitigation"),
                                       Answers("POST", mitigations + "/8/*", 409, "problem"),
                                       Answers("GET", "/api/v1/plans", 200, "plan"),
                                       Answers("GET", "/api/v1/kill-switch", 200, "kill_switch"),
                                       Answers("PUT", "/api/v1/kill-switch", 200, "kill_switch"),
                                       Answers("GET", "/api/v1/predictions", 200, "predictions")};
    auto server = http::Server::Start(options, routes);
    if (server) server_ = std::move(*server);
  }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(server_->ports()[0]); }
  // What was asked last.
  http::Request last() {
    const std::lock_guard lock(mutex_);
    return last_;
  }

  static std::string Answer(const std::string& name) {
    std::ostringstream text;
    text << std::ifstream(FOREWARN_SOURCE_DIR "/tests/cli/answers/" + name + ".json").rdbuf();
    return text.str();
  }

 private:
  http::Route Answers(const std::string& method, const std::string& path, int status, const std::string& name) {
    return {method, path, [this, status, name](const http::Request& request) {
              const std::lock_guard lock(mutex_);
              last_ = request;
              return http::Json(status, Answer(name));
            }};
  }

  std::mutex mutex_;
  http::Request last_;
  std::unique_ptr<http::Server> server_;
};

}  // namespace forewarn::cli
