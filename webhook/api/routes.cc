// SPDX-License-Identifier: Apache-2.0
#include "webhook/api/routes.h"

#include "common/log/log.h"
#include "webhook/api/asks.h"
#include "webhook/api/envelope.h"
#include "webhook/api/experiments.h"
#include "webhook/api/filter.h"
#include "webhook/api/mitigations.h"
#include "webhook/api/people.h"

namespace forewarn::api {
namespace {

constexpr std::size_t kAlertsLimit = 16u << 20;  // bytes; 10,000 alerts are 3 MB
constexpr std::size_t kBodyLimit = 1u << 10;     // bytes, of what people ask for

http::Response ReceiveAlerts(engine::Engine& engine, const http::Request& request) {
  auto submitted = engine.Submit(request.body);
  if (submitted) return http::Text(200, "OK\n");
  log::Warn("notification not accepted", {{"peer", request.peer}, {"error", submitted.error().message}});
  return Failure(submitted.error());
}

http::Response ShowKillSwitch(const engine::Engine& engine) {
  const auto state = engine.parts().kill_switch.Read();
  return Success({{"engaged", state.engaged}, {"why", state.why}});
}

// Whoever may read may see what would be done.
http::Response AskForTrial(const Surface& surface, const http::Request& request) {
  const auto dry_run = ParseDryRun(Parameter(request, "dry_run"));
  if (auto refusal = surface.access.Refuse(request, dry_run && *dry_run ? Need::kRead : Need::kAct)) return *refusal;
  if (!dry_run) return Failure(dry_run.error());
  if (*dry_run) return ExperimentPlan(surface.engine, request);
  return AskForExperiment(surface.engine, request, surface.access.Who(request));
}

// Whoever may not act may still stop.
http::Response SetKillSwitch(const Surface& surface, const http::Request& request) {
  const auto engage = ParseEngaged(request.body);
  const Need need = engage && *engage ? Need::kStop : Need::kAct;
  if (auto refusal = surface.access.Refuse(request, need)) return *refusal;
  if (!engage) return Failure(engage.error());
  const auto to = *engage ? KillSwitch::kEngage : KillSwitch::kDisengage;
  if (auto set = Turn(surface.engine, to, surface.access.Who(request)); !set) return Failure(set.error());
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

http::Handler Needing(Need need, const Access& access, http::Handler handler) {
  return [need, &access, handler = std::move(handler)](const http::Request& request) {
    if (auto refusal = access.Refuse(request, need)) return *refusal;
    return handler(request);
  };
}

// A browser says where a page came from: no page has business here.
http::Handler NotForBrowsers(http::Handler handler) {
  return [handler = std::move(handler)](const http::Request& request) {
    if (request.headers.contains("origin")) return http::Problem(403, "not for browsers");
    return handler(request);
  };
}

http::Route Get(std::string path, http::Handler handler) { return {"GET", std::move(path), std::move(handler), "", 0}; }

http::Route Change(std::string method, std::string path, http::Handler handler) {
  return {std::move(method), std::move(path), NotForBrowsers(std::move(handler)), "", 1 << 10};
}

http::Route Json(http::Route route, std::size_t body_limit) {
  route.content_type = "application/json";
  route.body_limit = body_limit;
  return route;
}

std::vector<http::Route> ExperimentRoutes(const Surface& surface) {
  using http::Request;
  engine::Engine& e = surface.engine;
  const Access& access = surface.access;
  const std::string all = "/api/v1/experiments", one = std::string(kExperimentsPath) + "*";
  const auto read = [&access](http::Handler handler) { return Needing(Need::kRead, access, std::move(handler)); };
  const http::Handler ask = [surface](const Request& request) { return AskForTrial(surface, request); };
  const http::Handler abort = [&e, &access](const Request& r) { return AbortExperiment(e, r, access.Who(r)); };
  return {Get(all, read([&e](const Request& request) { return ListExperiments(e, request); })),
          Json(Change("POST", all, ask), kBodyLimit),
          Get(one, read([&e](const Request& request) { return OneExperiment(e, request); })),
          Change("POST", one, Needing(Need::kAct, access, abort))};
}

}  // namespace

std::vector<http::Route> Routes(const Surface& surface, const std::string& telemetry_path) {
  using http::Request;
  engine::Engine& e = surface.engine;
  const Access& access = surface.access;
  const std::string one = std::string(kMitigationsPath) + "*";
  const auto reading = [&access](http::Handler handler) { return Needing(Need::kRead, access, std::move(handler)); };
  const auto acting = [&access](http::Handler handler) { return Needing(Need::kAct, access, std::move(handler)); };
  const http::Handler reload = Needing(Need::kStop, access, [surface](const Request&) { return Reload(surface); });
  const http::Handler alert =
      Needing(Need::kAlert, access, [&e](const Request& request) { return ReceiveAlerts(e, request); });
  const http::Handler ask = [&e, &access](const Request& r) { return AskForMitigation(e, r, access.Who(r)); };
  const http::Handler wish = [&e, &access](const Request& r) { return LeaveWish(e, r, access.Who(r)); };
  const http::Handler set = [surface](const Request& request) { return SetKillSwitch(surface, request); };
  std::vector<http::Route> routes = {
      Json(Change("POST", "/api/v1/alerts", alert), kAlertsLimit),
      Get("/api/v1/mitigations", reading([&e](const Request& r) { return MitigationsResponse(e.parts().journal, r); })),
      Json(Change("POST", "/api/v1/mitigations", acting(ask)), kBodyLimit),
      Get(one, reading([&e](const Request& request) { return OneMitigation(e, request); })),
      Change("POST", one, acting(wish)),
      Get("/api/v1/plans", reading([&e](const Request& request) { return PlanResponse(e, request); })),
      Get("/api/v1/kill-switch", reading([&e](const Request&) { return ShowKillSwitch(e); })),
      Json(Change("PUT", "/api/v1/kill-switch", set), kBodyLimit),
      Get(telemetry_path, surface.metrics),
      Get("/-/healthy", [](const Request&) { return http::Text(200, "OK\n"); }),
      Get("/-/ready", [&e](const Request&) { return Ready(e); }),
      Change("POST", "/-/reload", reload),
      Change("PUT", "/-/reload", reload)};
  for (http::Route& route : ExperimentRoutes(surface)) routes.push_back(std::move(route));
  return routes;
}

}  // namespace forewarn::api
