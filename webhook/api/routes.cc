// SPDX-License-Identifier: Apache-2.0
#include "webhook/api/routes.h"

#include <nlohmann/json.hpp>

#include "common/log/log.h"
#include "webhook/api/envelope.h"
#include "webhook/api/mitigations.h"

namespace forewarn::api {
namespace {

using Json = nlohmann::json;

constexpr const char* kJson = "application/json";
constexpr std::size_t kAlertsLimit = 16u << 20;  // bytes; 10,000 alerts are 3 MB

// 4xx is what can never be accepted; Alertmanager tries again at once only after a 5xx.
http::Response ReceiveAlerts(engine::Engine& engine, const http::Request& request) {
  auto submitted = engine.Submit(request.body);
  if (submitted) return http::Text(200, "OK\n");
  const base::Error& error = submitted.error();
  log::Warn("notification not accepted", {{"peer", request.peer}, {"error", error.message}});
  if (error.code == base::ErrorCode::kInvalid) return Failure(400, error.message);
  http::Response response = Failure(503, error.message);
  response.headers["Retry-After"] = "5";
  return response;
}

http::Response ShowKillSwitch(const engine::Engine& engine) {
  const auto state = engine.parts().kill_switch.Read();
  return Success({{"engaged", state.engaged}, {"why", state.why}});
}

http::Response SetKillSwitch(const Surface& surface, const http::Request& request) {
  const Json body = Json::parse(request.body, nullptr, /*allow_exceptions=*/false);
  if (!body.is_object() || body.size() != 1 || !body.contains("engaged") || !body["engaged"].is_boolean()) {
    return Failure(400, R"(the body must be {"engaged": true} or {"engaged": false})");
  }
  const bool engage = body["engaged"].get<bool>();
  const auto& kill_switch = surface.engine.parts().kill_switch;
  auto set = engage ? kill_switch.Engage() : kill_switch.Disengage();
  if (!set) return Failure(503, set.error().message);
  log::Warn("kill switch", {{"engaged", engage ? "true" : "false"}, {"peer", request.peer}, {"user", request.user}});
  surface.engine.Hurry();
  return ShowKillSwitch(surface.engine);
}

http::Response Reload(const Surface& surface) {
  auto reloaded = surface.reload();
  if (!reloaded) return http::Text(500, "the configuration stays as it was: " + reloaded.error().message + "\n");
  return http::Text(200, "OK\n");
}

http::Response Ready(engine::Engine& engine) {
  if (auto dead = engine.parts().journal.Dead()) return http::Text(503, *dead + "\n");
  return http::Text(200, "OK\n");
}

// A browser says where a page came from: no page has business here.
http::Handler NotForBrowsers(http::Handler handler) {
  return [handler = std::move(handler)](const http::Request& request) {
    if (request.headers.contains("origin")) return Failure(403, "not for browsers");
    return handler(request);
  };
}

http::Route Get(std::string path, http::Handler handler) { return {"GET", std::move(path), std::move(handler), "", 0}; }

http::Route Change(std::string method, std::string path, http::Handler handler) {
  return {std::move(method), std::move(path), NotForBrowsers(std::move(handler)), "", 1 << 10};
}

std::string Landing(const std::string& telemetry_path) {
  return http::LandingPage("Forewarn Webhook", "Mitigates predicted faults of virtual machines",
                           {{telemetry_path, "Metrics", ""},
                            {"/api/v1/mitigations", "Mitigations", "as JSON"},
                            {"/api/v1/kill-switch", "Kill switch", "as JSON"},
                            {"/-/healthy", "Health", ""},
                            {"/-/ready", "Readiness", ""}});
}

}  // namespace

std::vector<http::Route> Routes(const Surface& surface, const std::string& telemetry_path) {
  using http::Request;
  http::Route alerts = Change("POST", "/api/v1/alerts",
                              [&e = surface.engine](const Request& request) { return ReceiveAlerts(e, request); });
  alerts.content_type = kJson;
  alerts.body_limit = kAlertsLimit;
  http::Route set = Change("PUT", "/api/v1/kill-switch",
                           [surface](const Request& request) { return SetKillSwitch(surface, request); });
  set.content_type = kJson;
  const http::Handler reload = [surface](const Request&) { return Reload(surface); };
  return {
      std::move(alerts),
      std::move(set),
      Get("/api/v1/mitigations",
          [&e = surface.engine](const Request& request) { return MitigationsResponse(e.parts().journal, request); }),
      Get("/api/v1/kill-switch", [&e = surface.engine](const Request&) { return ShowKillSwitch(e); }),
      Get(telemetry_path, surface.metrics),
      Get("/-/healthy", [](const Request&) { return http::Text(200, "OK\n"); }),
      Get("/-/ready", [&e = surface.engine](const Request&) { return Ready(e); }),
      Change("POST", "/-/reload", reload),
      Change("PUT", "/-/reload", reload),
      Get("/", [telemetry_path](const Request&) { return http::Html(Landing(telemetry_path)); })};
}

}  // namespace forewarn::api
