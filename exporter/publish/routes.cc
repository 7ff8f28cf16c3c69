// SPDX-License-Identifier: Apache-2.0
#include "exporter/publish/routes.h"

#include "exporter/publish/predictions.h"

namespace forewarn::publish {
namespace {

// The handler holds its sources weakly; this one owns them.
http::Handler OwningMetricsHandler(const RouteParts& parts) {
  const auto process = metrics::ProcessCollector();
  return [process, registry = parts.registry, publisher = parts.publisher, scores = parts.scores,
          handler = metrics::MetricsHandler({parts.registry, process, parts.scores}, {parts.publisher})](
             const http::Request& request) { return handler(request); };
}

http::Handler ReloadHandler(std::function<base::Result<void>()> reload) {
  return [reload = std::move(reload)](const http::Request&) {
    const auto reloaded = reload();
    if (reloaded) return http::Text(200, "");
    return http::Text(500, "failed to reload config: " + reloaded.error().message + "\n");
  };
}

}  // namespace

std::vector<http::Route> Routes(RouteParts parts) {
  const auto publisher = parts.publisher;
  const auto healthy = [](const http::Request&) { return http::Text(200, "Healthy\n"); };
  const auto ready = [publisher](const http::Request&) {
    return publisher->HasPublished() ? http::Text(200, "Ready\n") : http::Text(503, "No tick has succeeded yet\n");
  };
  const auto predictions = [publisher](const http::Request& request) {
    return PredictionsResponse(publisher->Current().get(), request);
  };
  const auto thresholds = [publisher](const http::Request&) { return ThresholdsResponse(publisher->thresholds()); };
  const auto reload = ReloadHandler(std::move(parts.reload));
  const auto route = [](const char* method, std::string path, http::Handler handler) {
    http::Route made;
    made.method = method;
    made.path = std::move(path);
    made.handler = std::move(handler);
    return made;
  };
  return {route("GET", parts.telemetry_path, OwningMetricsHandler(parts)),
          route("GET", "/api/v1/predictions", predictions),
          route("GET", "/api/v1/thresholds", thresholds),
          route("GET", "/-/healthy", healthy),
          route("GET", "/-/ready", ready),
          route("POST", "/-/reload", reload),
          route("PUT", "/-/reload", reload)};
}

}  // namespace forewarn::publish
