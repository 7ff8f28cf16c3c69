// SPDX-License-Identifier: Apache-2.0
#include "cli/remote/service.h"

namespace forewarn::remote {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using Json = nlohmann::json;

constexpr auto kTimeout = std::chrono::seconds(30);
constexpr std::size_t kMaxBody = 256u << 20;  // bytes

// Why not, in the daemon's words where it has any.
std::string DetailOf(const Json& problem, int status) {
  std::string otherwise = "HTTP status " + std::to_string(status);
  if (!problem.is_object()) return otherwise;
  const auto detail = problem.find("detail");
  return detail != problem.end() && detail->is_string() ? detail->get<std::string>() : otherwise;
}

}  // namespace

Result<Service> Service::Create(const std::string& url, const std::string& token_file) {
  http::ClientConfig config;
  config.authorization_credentials_file = token_file;
  auto client = http::Client::Create(url, config, std::string("forewarn/") + FOREWARN_VERSION);
  if (!client) return client.error();
  return Service(url, std::move(*client));
}

Result<Service> Service::Webhook(const Options& options) { return Create(options.webhook_url, options.token_file); }

Result<Service> Service::Exporter(const Options& options) { return Create(options.exporter_url, ""); }

Result<Json> Service::Send(const std::string& method, const std::string& path, const Json& body) {
  http::ClientRequest request{method, path, "", "", {}};
  if (!body.is_null()) {
    request.body = body.dump(-1, ' ', false, Json::error_handler_t::replace);
    request.content_type = "application/json";
  }
  return Call(request);
}

Result<Json> Service::Call(const http::ClientRequest& request) {
  const auto response = client_->Send(request, kTimeout, kMaxBody);
  if (!response) return Error{response.error().code, url_ + ": " + response.error().message};
  const Json body = Json::parse(response->body, nullptr, /*allow_exceptions=*/false);
  if (response->status < 200 || response->status > 299) {
    return Error{ErrorCode::kConflict, DetailOf(body, response->status)};
  }
  const bool known = body.is_object() && body.contains("data") && body["data"].is_object();
  return known ? Result<Json>(body["data"]) : Error{ErrorCode::kInvalid, url_ + ": not an answer of Forewarn"};
}

}  // namespace forewarn::remote
