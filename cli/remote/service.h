// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "cli/remote/options.h"
#include "common/base/result.h"
#include "common/http/client.h"

namespace forewarn::remote {

// A daemon's API, as docs/openapi.yaml has it.
class Service {
 public:
  static base::Result<Service> Webhook(const Options& options);
  static base::Result<Service> Exporter(const Options& options);
  // The `data` of the answer, an object. Errors: kConflict with the problem's detail where it is refused, kInvalid
  // where the answer is none of this API, else those of http::Client.
  base::Result<nlohmann::json> Get(const std::string& path) { return Call({"GET", path, "", "", {}}); }
  base::Result<nlohmann::json> Send(const std::string& method, const std::string& path, const nlohmann::json& body);

 private:
  Service(std::string url, std::unique_ptr<http::Client> client) : url_(std::move(url)), client_(std::move(client)) {}
  static base::Result<Service> Create(const std::string& url, const std::string& token_file);
  base::Result<nlohmann::json> Call(const http::ClientRequest& request);

  std::string url_;
  std::unique_ptr<http::Client> client_;
};

}  // namespace forewarn::remote
