// SPDX-License-Identifier: Apache-2.0
#include "webhook/api/render.h"

namespace forewarn::api {
namespace {

using Json = nlohmann::json;
using journal::Change;
using journal::Episode;
using journal::Experiment;

Json Time(const journal::OptionalTime& time) { return time ? Json(base::ToSeconds(*time)) : Json(); }

Json TextOrNull(std::string_view text) { return text.empty() ? Json() : Json(text); }

Json Number(const std::optional<double>& number) { return number ? Json(*number) : Json(); }

Json Positive(double number) { return number > 0 ? Json(number) : Json(); }

// A setting is on record as a JSON object.
Json SettingJson(const std::string& text) {
  Json setting = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  return setting.is_object() ? setting : Json();
}

Json TimesJson(const Change& change) {
  return {{"intended", Time(change.intended)},
          {"applied", Time(change.applied)},
          {"verified", Time(change.verified)},
          {"reverted", Time(change.reverted)}};
}

Json SubjectJson(const journal::Subject& subject) {
  if (subject.domain.empty()) return {};
  return {{"domain", subject.domain}, {"uuid", subject.uuid}, {"hypervisor", subject.hypervisor}};
}

Json MitigationJson(const Episode& episode, const Change& change) {
  Json json = EpisodeJson(episode);
  json["actuator"] = TextOrNull(change.actuator);
  json["from"] = SettingJson(change.from);
  json["to"] = SettingJson(change.to);
  json["times"] = TimesJson(change);
  json["times"]["alerted"] = base::ToSeconds(episode.alerted);
  json["outcome"] = TextOrNull(Name(change.outcome));
  json["reason"] = TextOrNull(change.reason);
  return json;
}

Json PlannedJson(const Change& change) {
  return {{"actuator", TextOrNull(change.actuator)},
          {"subject", SubjectJson(change.subject)},
          {"from", SettingJson(change.from)},
          {"to", SettingJson(change.to)},
          {"outcome", TextOrNull(Name(change.outcome))},
          {"reason", TextOrNull(change.reason)}};
}

Json RefusalsJson(const std::vector<guard::Refusal>& refusals) {
  Json json = Json::array();
  for (const guard::Refusal& refusal : refusals) {
    json.push_back({{"rail", refusal.reason}, {"why", refusal.why}, {"passing", refusal.passing}});
  }
  return json;
}

Json TrialChangeJson(const Change& change) {
  Json json = PlannedJson(change);
  json["injection"] = change.injection;
  return json;
}

Json EventsJson(const Experiment& trial) {
  Json events = Json::array();
  for (const Experiment::Event& event : trial.events) {
    events.push_back({{"time", base::ToSeconds(event.at)}, {"what", event.what}, {"symptom", Number(event.symptom)}});
  }
  return events;
}

// What is planned, and stays as it is.
Json AimJson(const Episode& episode, const Experiment& trial) {
  return {{"name", TextOrNull(trial.name)},
          {"domain", episode.domain},
          {"fault", episode.fault},
          {"target", SubjectJson(trial.target)},
          {"severities", {{"predicted", Positive(trial.predicted)}, {"injected", Positive(trial.injected)}}},
          {"mitigation", trial.mitigation},
          {"signal", TextOrNull(trial.signal)},
          {"changes", Json::array()}};
}

}  // namespace

Json EpisodeJson(const Episode& episode) {
  Json json{{"episode", episode.id},
            {"domain", episode.domain},
            {"hypervisor", TextOrNull(episode.hypervisor)},
            {"fault", episode.fault},
            {"purpose", episode.purpose},
            {"state", Name(episode.state)},
            {"confidence", nullptr},
            {"severity", nullptr},
            {"expected_time", nullptr},
            {"evidence", Json::array()},
            {"approval", Name(episode.approval)},
            {"decided_by", TextOrNull(episode.decided_by)},
            {"wish", TextOrNull(Name(episode.wish))},
            {"control", episode.control}};
  if (episode.prediction) {
    json["confidence"] = episode.prediction->confidence;
    json["severity"] = episode.prediction->severity;
    json["expected_time"] = Time(episode.prediction->expected);
    for (const auto& [signal, score] : episode.prediction->evidence) {
      json["evidence"].push_back({{"signal", signal}, {"score", score}});
    }
  }
  return json;
}

void AppendMitigations(const Episode& episode, Json& mitigations) {
  for (auto change = episode.changes.rbegin(); change != episode.changes.rend(); ++change) {
    mitigations.push_back(MitigationJson(episode, *change));
  }
  if (!episode.changes.empty()) return;
  Change none;
  none.outcome = episode.outcome;
  none.reason = episode.reason;
  mitigations.push_back(MitigationJson(episode, none));
}

Json PlanJson(const engine::Preview& preview) {
  Json changes = Json::array();
  for (const Change& change : preview.episode.changes) changes.push_back(PlannedJson(change));
  Json plan = EpisodeJson(preview.episode);
  for (const char* of_what_is : {"episode", "state", "approval", "decided_by", "wish", "control"})
    plan.erase(of_what_is);
  plan["changes"] = std::move(changes);
  plan["refusals"] = RefusalsJson(preview.refusals);
  return plan;
}

// One that was just taken in is not begun: its experiment is empty.
Json ExperimentJson(const Episode& episode) {
  const Experiment trial = episode.experiment.value_or(Experiment());
  Json json = AimJson(episode, trial);
  json["id"] = episode.id;
  json["open"] = !episode.closed;
  json["phase"] = Name(episode.closed ? journal::Phase::kOver : trial.phase);
  json["rung"] = trial.rung < 0 ? Json() : Json(trial.rung);
  json["symptoms"] = {{"calm", Number(trial.calm)}, {"shown", Number(trial.shown)}, {"eased", Number(trial.eased)}};
  json["verdict"] = TextOrNull(Name(trial.verdict));
  json["reason"] = TextOrNull(trial.reason.empty() ? episode.reason : trial.reason);
  json["started_by"] = TextOrNull(trial.started_by);
  json["times"] = {{"alerted", base::ToSeconds(episode.alerted)},
                   {"ends", Time(trial.ends)},
                   {"marked_until", Time(trial.marked_until)},
                   {"closed", Time(episode.closed)}};
  json["events"] = EventsJson(trial);
  for (const Change& change : episode.changes) {
    json["changes"].push_back(TrialChangeJson(change));
    json["changes"].back()["times"] = TimesJson(change);
  }
  return json;
}

Json ExperimentPlanJson(const engine::Preview& preview) {
  Json plan = AimJson(preview.episode, preview.episode.experiment.value_or(Experiment()));
  for (const Change& change : preview.episode.changes) plan["changes"].push_back(TrialChangeJson(change));
  plan["refusals"] = RefusalsJson(preview.refusals);
  return plan;
}

}  // namespace forewarn::api
