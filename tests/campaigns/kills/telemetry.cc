// SPDX-License-Identifier: Apache-2.0
#include "tests/campaigns/kills/telemetry.h"

#include <nlohmann/json.hpp>

namespace forewarn::crash {
namespace {

using Json = nlohmann::json;

void Add(Json& rows, Json labels, double value) {
  const double now = base::ToSeconds(base::SystemClock().Now());
  rows.push_back({{"metric", std::move(labels)}, {"value", {now, std::to_string(value)}}});
}

}  // namespace

Telemetry::Telemetry(Subjects& subjects) : subjects_(subjects) {
  const auto handler = [this](const http::Request& request) { return Answer(request.body); };
  http::ServerOptions options;
  options.listen = {"127.0.0.1:0"};
  server_ = http::Server::Start(options, {{"POST", "/api/v1/query", handler}}).value();
}

void Telemetry::Expect(const std::string& domain, const Plan* plan) {
  std::lock_guard lock(mutex_);
  plans_[domain] = plan;
}

http::Response Telemetry::Answer(const std::string& form) {
  std::map<std::string, const Plan*> plans;
  {
    std::lock_guard lock(mutex_);
    plans = plans_;
  }
  Json rows = Json::array();
  if (form.find("forewarn_instance_info") != std::string::npos) {
    for (const auto& [domain, plan] : plans) Add(rows, {{"domain", domain}}, 1);
  }
  const bool symptom = form.find("query=symptom") != std::string::npos;
  for (const auto& [domain, plan] : plans) {
    if (form.find(domain) == std::string::npos) continue;
    const Json fault{{"domain", domain}, {"fault", plan->fault}};
    if (symptom) {
      const auto view = subjects_.Settings(domain);
      if (view) Add(rows, {{"domain", domain}}, plan->symptom(*view));
      continue;
    }
    Json confidence = fault, sampled = fault;
    confidence["__name__"] = "forewarn_fault_confidence_ratio";
    sampled["forewarn_stat"] = "sampled";
    Add(rows, confidence, 0.9);
    Add(rows, sampled, base::ToSeconds(base::SystemClock().Now()));
    Add(rows, {{"__name__", "forewarn_threshold_ratio"}, {"fault", plan->fault}, {"stage", "mitigate"}}, 0.7);
  }
  return http::Json(
      200, Json{{"status", "success"}, {"data", {{"resultType", "vector"}, {"result", std::move(rows)}}}}.dump());
}

}  // namespace forewarn::crash
