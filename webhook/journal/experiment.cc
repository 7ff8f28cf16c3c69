// SPDX-License-Identifier: Apache-2.0
#include "webhook/journal/experiment.h"

#include <nlohmann/json.hpp>

namespace forewarn::journal {
namespace {

using Json = nlohmann::json;

constexpr std::pair<Phase, std::string_view> kPhases[] = {
    {Phase::kSteady, "steady"},       {Phase::kAnnounced, "announced"},
    {Phase::kInjecting, "injecting"}, {Phase::kMitigating, "mitigating"},
    {Phase::kReverting, "reverting"}, {Phase::kSettling, "settling"},
    {Phase::kCooling, "cooling"},     {Phase::kOver, "over"}};
constexpr std::pair<Verdict, std::string_view> kVerdictNames[] = {{Verdict::kNone, ""},
                                                                  {Verdict::kPassed, "passed"},
                                                                  {Verdict::kFailed, "failed"},
                                                                  {Verdict::kInconclusive, "inconclusive"},
                                                                  {Verdict::kAborted, "aborted"}};

template <class Pairs, class Value>
std::string_view NameIn(const Pairs& pairs, Value value) {
  for (const auto& [one, name] : pairs) {
    if (one == value) return name;
  }
  return "";
}

template <class Value, class Pairs>
Value ValueIn(const Pairs& pairs, const std::string& text, Value otherwise) {
  for (const auto& [value, name] : pairs) {
    if (name == text) return value;
  }
  return otherwise;
}

// Each member once, for both ways.
template <class Visitor, class Of>
void Visit(Visitor&& visit, Of& e) {
  visit("name", e.name);
  visit("epoch", e.epoch);
  visit("rung", e.rung);
  visit("predicted", e.predicted);
  visit("injected", e.injected);
  visit("step", e.step);
  visit("mitigation", e.mitigation);
  visit("signal", e.signal);
  visit("covers", e.covers);
  visit("calm", e.calm);
  visit("shown", e.shown);
  visit("eased", e.eased);
  visit("verify_calm", e.verify_calm);
  visit("verify_shown", e.verify_shown);
  visit("deadline", e.deadline);
  visit("ends", e.ends);
  visit("marked_until", e.marked_until);
  visit("reason", e.reason);
  visit("started_by", e.started_by);
  visit("domain", e.target.domain);
  visit("uuid", e.target.uuid);
  visit("hypervisor", e.target.hypervisor);
}

struct Writer {
  Json& json;
  template <class T>
  void operator()(const char* key, const T& value) const {
    json[key] = value;
  }
  void operator()(const char* key, const std::optional<double>& value) const {
    if (value) json[key] = *value;
  }
  void operator()(const char* key, const OptionalTime& value) const {
    if (value) json[key] = base::ToSeconds(*value);
  }
};

struct Reader {
  const Json& json;
  template <class T>
  void operator()(const char* key, T& value) const {
    json.at(key).get_to(value);
  }
  void operator()(const char* key, std::string& value) const {  // an older record may lack one
    if (json.contains(key)) json.at(key).get_to(value);
  }
  void operator()(const char* key, std::optional<double>& value) const {
    if (json.contains(key)) value = json.at(key).get<double>();
  }
  void operator()(const char* key, OptionalTime& value) const {
    if (json.contains(key)) value = base::FromSeconds(json.at(key).get<double>());
  }
};

}  // namespace

std::string_view Name(Phase phase) { return NameIn(kPhases, phase); }
std::string_view Name(Verdict verdict) { return NameIn(kVerdictNames, verdict); }

std::string ToText(const Experiment& experiment) {
  Json json;
  Visit(Writer{json}, experiment);
  json["phase"] = Name(experiment.phase);
  json["verdict"] = Name(experiment.verdict);
  json["events"] = Json::array();
  for (const Experiment::Event& event : experiment.events) {
    Json one{{"at", base::ToSeconds(event.at)}, {"what", event.what}};
    if (event.symptom) one["symptom"] = *event.symptom;
    json["events"].push_back(std::move(one));
  }
  return json.dump();
}

base::Result<Experiment> ExperimentFromText(const std::string& text) {
  try {
    const Json json = Json::parse(text);
    Experiment experiment;
    Visit(Reader{json}, experiment);
    // One that we don't know is undone: nothing else is safe.
    experiment.phase = ValueIn(kPhases, json.at("phase").get<std::string>(), Phase::kReverting);
    experiment.verdict = ValueIn(kVerdictNames, json.at("verdict").get<std::string>(), Verdict::kNone);
    for (const Json& one : json.at("events")) {
      Experiment::Event event{base::FromSeconds(one.at("at").get<double>()), one.at("what").get<std::string>(), {}};
      if (one.contains("symptom")) event.symptom = one.at("symptom").get<double>();
      experiment.events.push_back(std::move(event));
    }
    return experiment;
  } catch (const Json::exception& error) {
    return base::Error{base::ErrorCode::kInvalid, std::string("not an experiment: ") + error.what()};
  }
}

}  // namespace forewarn::journal
