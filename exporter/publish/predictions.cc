// SPDX-License-Identifier: Apache-2.0
#include "exporter/publish/predictions.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

namespace forewarn::publish {
namespace {

using Json = nlohmann::ordered_json;

// Names come from the network: what is no UTF-8 in them is replaced.
std::string Dump(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

http::Response Failure(int status, const char* type, const std::string& error) {
  return http::Json(status, Dump({{"status", "error"}, {"errorType", type}, {"error", error}}));
}

Json OrNull(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

Json ToJson(const Report::Row& row) {
  Json evidence = Json::array();
  for (const auto& item : row.prediction.evidence) {
    evidence.push_back({{"signal", item.signal},
                        {"value", OrNull(item.value)},
                        {"expected", OrNull(item.expected)},
                        {"score", OrNull(item.score)},
                        {"detector", item.detector}});
  }
  return {{"domain", row.domain},
          {"hypervisor", row.hypervisor.empty() ? Json(nullptr) : Json(row.hypervisor)},
          {"fault", row.prediction.fault},
          {"confidence", OrNull(row.prediction.confidence)},
          {"severity", OrNull(row.prediction.severity)},
          {"expected_time", OrNull(row.prediction.expected_time)},
          {"horizon_seconds", OrNull(row.prediction.horizon)},
          {"manifested", row.prediction.manifested},
          {"shared", row.prediction.shared},
          {"evidence", std::move(evidence)}};
}

Json ToJson(const Report::Joint& joint) {
  return {{"hypervisor", joint.prediction.hypervisor},
          {"fault", joint.prediction.fault},
          {"confidence", OrNull(joint.prediction.confidence)},
          {"severity", OrNull(joint.prediction.severity)},
          {"expected_time", OrNull(joint.prediction.expected_time)},
          {"horizon_seconds", OrNull(joint.prediction.horizon)},
          {"domains", joint.domains}};
}

std::string FilterOf(const http::Request& request, const std::string& name) {
  const auto found = request.query.find(name);
  return found == request.query.end() ? "" : found->second;
}

// 0 where there is none, nullopt where it is no number.
std::optional<double> MinConfidence(const http::Request& request) {
  const std::string text = FilterOf(request, "min_confidence");
  double number = 0;
  if (text.empty()) return number;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(number)) return std::nullopt;
  return number;
}

// What is asked for.
struct Filter {
  std::string domain, fault;
  double min_confidence = 0;
  bool Wants(const std::string& of_fault, double confidence) const {
    return (fault.empty() || of_fault == fault) && confidence >= min_confidence;
  }
};

Json PredictionsOf(const Report& report, const Filter& filter) {
  std::vector<const Report::Row*> rows;
  for (const auto& row : report.rows) {
    const bool here = filter.domain.empty() || row.domain == filter.domain;
    if (here && filter.Wants(row.prediction.fault, row.prediction.confidence)) rows.push_back(&row);
  }
  std::stable_sort(rows.begin(), rows.end(),
                   [](const auto* a, const auto* b) { return a->prediction.confidence > b->prediction.confidence; });
  Json predictions = Json::array();
  for (const auto* row : rows) predictions.push_back(ToJson(*row));
  return predictions;
}

Json HypervisorsOf(const Report& report, const Filter& filter) {
  Json hypervisors = Json::array();
  for (const auto& joint : report.hypervisors) {
    const auto& domains = joint.domains;
    const bool here =
        filter.domain.empty() || std::find(domains.begin(), domains.end(), filter.domain) != domains.end();
    if (here && filter.Wants(joint.prediction.fault, joint.prediction.confidence)) hypervisors.push_back(ToJson(joint));
  }
  return hypervisors;
}

}  // namespace

http::Response PredictionsResponse(const Report* report, const http::Request& request) {
  const auto min_confidence = MinConfidence(request);
  if (!min_confidence) return Failure(400, "bad_data", "min_confidence is not a number");
  if (!report) return Failure(503, "unavailable", "no tick has succeeded lately");
  const Filter filter{FilterOf(request, "domain"), FilterOf(request, "fault"), *min_confidence};
  return http::Json(200, Dump({{"status", "success"},
                               {"data",
                                {{"time", report->time},
                                 {"predictions", PredictionsOf(*report, filter)},
                                 {"hypervisors", HypervisorsOf(*report, filter)}}}}));
}

}  // namespace forewarn::publish
