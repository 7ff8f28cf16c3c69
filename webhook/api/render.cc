// SPDX-License-Identifier: Apache-2.0
#include "webhook/api/render.h"

namespace forewarn::api {
namespace {

using Json = nlohmann::json;
using journal::Change;
using journal::Episode;

Json Time(const journal::OptionalTime& time) { return time ? Json(base::ToSeconds(*time)) : Json(); }

Json TextOrNull(std::string_view text) { return text.empty() ? Json() : Json(text); }

// A setting is on record as a JSON object.
Json SettingJson(const std::string& text) {
  Json setting = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  return setting.is_object() ? setting : Json();
}

Json MitigationJson(const Episode& episode, const Change& change) {
  Json json = EpisodeJson(episode);
  json["actuator"] = TextOrNull(change.actuator);
  json["from"] = SettingJson(change.from);
  json["to"] = SettingJson(change.to);
  json["times"] = {{"alerted", base::ToSeconds(episode.alerted)},
                   {"intended", Time(change.intended)},
                   {"applied", Time(change.applied)},
                   {"verified", Time(change.verified)},
                   {"reverted", Time(change.reverted)}};
  json["outcome"] = TextOrNull(Name(change.outcome));
  json["reason"] = TextOrNull(change.reason);
  return json;
}

Json PlannedJson(const Change& change) {
  const journal::Subject& subject = change.subject;
  return {{"actuator", TextOrNull(change.actuator)},
          {"subject", {{"domain", subject.domain}, {"uuid", subject.uuid}, {"hypervisor", subject.hypervisor}}},
          {"from", SettingJson(change.from)},
          {"to", SettingJson(change.to)},
          {"outcome", TextOrNull(Name(change.outcome))},
          {"reason", TextOrNull(change.reason)}};
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
  Json changes = Json::array(), refusals = Json::array();
  for (const Change& change : preview.episode.changes) changes.push_back(PlannedJson(change));
  for (const guard::Refusal& refusal : preview.refusals) {
    refusals.push_back({{"rail", refusal.reason}, {"why", refusal.why}, {"passing", refusal.passing}});
  }
  Json plan = EpisodeJson(preview.episode);
  for (const char* of_what_is : {"episode", "state", "approval", "decided_by", "wish", "control"})
    plan.erase(of_what_is);
  plan["changes"] = std::move(changes);
  plan["refusals"] = std::move(refusals);
  return plan;
}

}  // namespace forewarn::api
