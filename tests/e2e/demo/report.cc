// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/demo/report.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/e2e/demo/scenario.h"

namespace forewarn::demo {
namespace {

using nlohmann::ordered_json;

constexpr double kEnoughMeasured = 0.95;  // a gap must not look like a service that runs

ordered_json OrNull(const std::optional<double>& value) { return value ? ordered_json(*value) : ordered_json(nullptr); }

ordered_json ToJson(const Arm& arm) {
  return {{"breached", arm.breach_time.has_value()}, {"breach_time", OrNull(arm.breach_time)}};
}

ordered_json ToJson(const Prediction& prediction) {
  return {{"time", prediction.time},
          {"domain", prediction.domain},
          {"fault", prediction.fault},
          {"confidence", prediction.confidence},
          {"expected_time", OrNull(prediction.expected_time)}};
}

ordered_json ToJson(const Deed& deed) {
  return {{"time", OrNull(deed.time)},
          {"domain", deed.domain},
          {"fault", deed.fault},
          {"confidence", deed.confidence},
          {"actuator", deed.actuator},
          {"from", ordered_json::parse(deed.from, nullptr, false)},
          {"to", ordered_json::parse(deed.to, nullptr, false)},
          {"outcome", deed.outcome}};
}

ordered_json ToJson(const Trial& trial) {
  return {{"domain", trial.domain},
          {"target", trial.target},
          {"mitigation", trial.mitigation},
          {"severity_predicted", trial.predicted},
          {"severity_injected", trial.injected},
          {"verdict", trial.verdict}};
}

template <class T>
ordered_json ToArray(const std::vector<T>& items) {
  ordered_json array = ordered_json::array();
  for (const T& item : items) array.push_back(ToJson(item));
  return array;
}

}  // namespace

const Prediction* Findings::PredictionOf(const std::string& domain) const {
  const auto found = std::find_if(predictions.begin(), predictions.end(), [&](const Prediction& prediction) {
    return prediction.domain == domain && prediction.fault == fault;
  });
  return found == predictions.end() ? nullptr : &*found;
}

std::optional<double> Findings::LeadSeconds() const {
  const Prediction* prediction = PredictionOf(kUnprotected);
  const auto& breach = arms.at(kUnprotected).breach_time;
  if (prediction == nullptr || !breach) return std::nullopt;
  return *breach - prediction->time;
}

std::optional<double> Findings::DetectToEffectSeconds() const {
  const Prediction* prediction = PredictionOf(kProtected);
  std::optional<double> first;
  for (const Deed& deed : mitigations) {
    if (deed.time && (!first || *deed.time < *first)) first = deed.time;
  }
  if (prediction == nullptr || !first) return std::nullopt;
  return *first - prediction->time;
}

std::vector<std::string> Shortcomings(const Findings& findings) {
  std::vector<std::string> why;
  for (const auto& [twin, arm] : findings.arms) {
    if (arm.measured < kEnoughMeasured) why.push_back("the service of " + twin + " was not measured all the time");
  }
  if (!findings.arms.at(kUnprotected).breach_time) why.push_back("the unprotected twin did not break down");
  if (findings.arms.at(kProtected).breach_time) why.push_back("the protected twin broke down");
  const auto lead = findings.LeadSeconds();
  if (!lead) why.push_back("there was no prediction before a breakdown");
  if (lead && *lead <= 0) why.push_back("the prediction came after the breakdown");
  return why;
}

std::vector<std::string> ShortcomingsOfTrials(const Findings& findings) {
  const auto passed = std::find_if(findings.experiments.begin(), findings.experiments.end(),
                                   [](const Trial& trial) { return trial.verdict == "passed"; });
  if (passed == findings.experiments.end()) return {"no experiment has passed"};
  std::vector<std::string> why;
  if (!(passed->injected < passed->predicted)) why.push_back("what was injected was no milder than what was predicted");
  for (const Deed& deed : findings.mitigations) {
    const bool proven =
        std::find(passed->mitigation.begin(), passed->mitigation.end(), deed.actuator) != passed->mitigation.end();
    if (deed.time && !proven) why.push_back(deed.actuator + " was used without a proof");
  }
  return why;
}

std::string ToJson(const Findings& findings) {
  ordered_json json;
  json["fault"] = findings.fault;
  json["hypervisor"] = findings.hypervisor;
  for (const char* twin : kTwins) json["arms"][twin] = ToJson(findings.arms.at(twin));
  json["predictions"] = ToArray(findings.predictions);
  json["mitigations"] = ToArray(findings.mitigations);
  json["experiments"] = ToArray(findings.experiments);
  json["lead_seconds"] = OrNull(findings.LeadSeconds());
  json["detect_to_effect_seconds"] = OrNull(findings.DetectToEffectSeconds());
  json["wall_seconds"] = findings.wall_seconds;
  return json.dump(2) + "\n";
}

}  // namespace forewarn::demo
