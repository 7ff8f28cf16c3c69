// SPDX-License-Identifier: Apache-2.0
#include "tests/campaigns/stops/telemetry.h"

#include <nlohmann/json.hpp>

namespace forewarn::stops {
namespace {

using Json = nlohmann::json;

constexpr const char* kDomains[] = {"alpha", "beta", "lonely", "haunted"};  // whose faults are predicted
constexpr const char* kFaults[] = {"Tight", "Short"};

void Add(Json& rows, Json labels, double value) {
  const double now = base::ToSeconds(base::SystemClock().Now());
  rows.push_back({{"metric", std::move(labels)}, {"value", {now, std::to_string(value)}}});
}

void AddPredictions(Json& rows) {
  const double now = base::ToSeconds(base::SystemClock().Now());
  for (const char* fault : kFaults) {
    Add(rows, {{"__name__", "forewarn_threshold_ratio"}, {"fault", fault}, {"stage", "experiment"}}, 0.6);
    for (const char* domain : kDomains) {
      const Json about{{"domain", domain}, {"fault", fault}};
      Json confidence = about, severity = about, sampled = about;
      confidence["__name__"] = "forewarn_fault_confidence_ratio";
      severity["__name__"] = "forewarn_fault_severity_ratio";
      sampled["forewarn_stat"] = "sampled";
      Add(rows, confidence, 0.9);
      Add(rows, severity, 0.9);
      Add(rows, sampled, now);
    }
  }
}

}  // namespace

Telemetry::Telemetry(crash::Subjects& subjects) : subjects_(subjects) {
  const auto handler = [this](const http::Request& request) { return Answer(request.body); };
  http::ServerOptions options;
  options.listen = {"127.0.0.1:0"};
  server_ = http::Server::Start(options, {{"POST", "/api/v1/query", handler}}).value();
}

void Telemetry::Be(const State& state) {
  std::lock_guard lock(mutex_);
  state_ = state;
}

void Telemetry::ScrapeBy(std::function<bool()> marked) {
  std::lock_guard lock(mutex_);
  marked_ = std::move(marked);
}

double Telemetry::Symptom() {
  const auto view = subjects_.Settings(kTarget);
  return view && (view->iops != crash::kIops || view->memory_kib != crash::kMemoryKib) ? 2 : 1;
}

http::Response Telemetry::Answer(const std::string& form) {
  State state;
  std::function<bool()> marked;
  {
    std::lock_guard lock(mutex_);
    state = state_;
    marked = marked_;
  }
  if (state.away) return http::Problem(503, "away");
  const auto asks = [&](const char* words) { return form.find(words) != std::string::npos; };
  Json rows = Json::array();
  if (asks("symptom")) {
    Add(rows, {{"domain", kTarget}}, state.shows ? Symptom() : 1);
  } else if (asks("query=steady")) {
    Add(rows, {{"domain", kTarget}}, state.steady ? 1 : 0);
  } else if (asks("query=stop")) {
    if (state.stop) Add(rows, {{"domain", kTarget}}, 1);
  } else if (asks("forewarn_experiment_active")) {
    if (state.scrapes && marked && marked()) Add(rows, Json::object(), 1);
  } else if (asks("forewarn_instance_info")) {
    for (const char* domain : kDomains) Add(rows, {{"domain", domain}}, 1);
  } else {
    AddPredictions(rows);
  }
  return http::Json(
      200, Json{{"status", "success"}, {"data", {{"resultType", "vector"}, {"result", std::move(rows)}}}}.dump());
}

}  // namespace forewarn::stops
