// SPDX-License-Identifier: Apache-2.0
#include "exporter/publish/predictions.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace forewarn::publish {
namespace {

using Json = nlohmann::ordered_json;
using predictor::HypervisorPrediction;
using predictor::Prediction;

// Names come from the network: what is no UTF-8 in them is replaced.
std::string Dump(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

Json OrNull(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

Json HypervisorOf(const Report& report, std::uint32_t instance) {
  const bool known = instance < report.hypervisors.size() && !report.hypervisors[instance].empty();
  return known ? Json(report.hypervisors[instance]) : Json(nullptr);
}

std::vector<std::string> DomainsOf(const Report& report, const HypervisorPrediction& joint) {
  std::vector<std::string> domains;
  for (const auto instance : joint.instances) domains.push_back(report.DomainOf(instance));
  return domains;
}

Json ToJson(const Report& report, const Prediction& prediction) {
  Json evidence = Json::array();
  for (const auto& item : prediction.evidence) {
    evidence.push_back({{"signal", report.signals[item.signal]},
                        {"value", OrNull(item.value)},
                        {"expected", OrNull(item.expected)},
                        {"score", OrNull(item.score)},
                        {"detector", item.detector}});
  }
  return {{"domain", report.DomainOf(prediction.instance)},
          {"hypervisor", HypervisorOf(report, prediction.instance)},
          {"fault", prediction.fault},
          {"confidence", OrNull(prediction.confidence)},
          {"severity", OrNull(prediction.severity)},
          {"expected_time", OrNull(prediction.expected_time)},
          {"horizon_seconds", OrNull(prediction.horizon)},
          {"manifested", prediction.manifested},
          {"shared", prediction.shared},
          {"evidence", std::move(evidence)}};
}

Json ToJson(const Report& report, const HypervisorPrediction& joint) {
  return {{"hypervisor", joint.hypervisor},
          {"fault", joint.fault},
          {"confidence", OrNull(joint.confidence)},
          {"severity", OrNull(joint.severity)},
          {"expected_time", OrNull(joint.expected_time)},
          {"horizon_seconds", OrNull(joint.horizon)},
          {"domains", DomainsOf(report, joint)}};
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
  std::vector<const Prediction*> wanted;
  for (const auto& prediction : report.predictions) {
    const bool here = filter.domain.empty() || report.DomainOf(prediction.instance) == filter.domain;
    if (here && filter.Wants(prediction.fault, prediction.confidence)) wanted.push_back(&prediction);
  }
  std::stable_sort(wanted.begin(), wanted.end(),
                   [](const auto* a, const auto* b) { return a->confidence > b->confidence; });
  Json predictions = Json::array();
  for (const auto* prediction : wanted) predictions.push_back(ToJson(report, *prediction));
  return predictions;
}

Json HypervisorsOf(const Report& report, const Filter& filter) {
  Json hypervisors = Json::array();
  for (const auto& joint : report.joint) {
    const auto domains = DomainsOf(report, joint);
    const bool here =
        filter.domain.empty() || std::find(domains.begin(), domains.end(), filter.domain) != domains.end();
    if (here && filter.Wants(joint.fault, joint.confidence)) hypervisors.push_back(ToJson(report, joint));
  }
  return hypervisors;
}

}  // namespace

http::Response PredictionsResponse(const Report* report, const http::Request& request) {
  const auto min_confidence = MinConfidence(request);
  if (!min_confidence) return http::Problem(400, "min_confidence is not a number");
  if (!report) return http::Problem(503, "no tick has succeeded lately");
  const Filter filter{FilterOf(request, "domain"), FilterOf(request, "fault"), *min_confidence};
  return http::Json(200, Dump({{"status", "success"},
                               {"data",
                                {{"time", report->time},
                                 {"predictions", PredictionsOf(*report, filter)},
                                 {"hypervisors", HypervisorsOf(*report, filter)}}}}));
}

http::Response ThresholdsResponse(const std::map<std::string, predictor::Thresholds>& thresholds) {
  Json all = Json::array();
  for (const auto& [fault, stages] : thresholds) {
    all.push_back({{"fault", fault},
                   {"notify", stages.notify},
                   {"experiment", stages.experiment},
                   {"mitigate", stages.mitigate},
                   {"knowledge", stages.knowledge}});
  }
  return http::Json(200, Dump({{"status", "success"}, {"data", {{"thresholds", std::move(all)}}}}));
}

}  // namespace forewarn::publish
