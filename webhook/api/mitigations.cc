// SPDX-License-Identifier: Apache-2.0
#include "webhook/api/mitigations.h"

#include <charconv>
#include <nlohmann/json.hpp>

#include "webhook/api/envelope.h"

namespace forewarn::api {
namespace {

using Json = nlohmann::json;
using journal::Change;
using journal::Episode;

constexpr std::size_t kDefaultLimit = 100, kMostEpisodes = 10'000;

Json Time(const journal::OptionalTime& time) { return time ? Json(base::ToSeconds(*time)) : Json(); }

Json TextOrNull(std::string_view text) { return text.empty() ? Json() : Json(text); }

// A setting is on record as a JSON object.
Json SettingJson(const std::string& text) {
  Json setting = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  return setting.is_object() ? setting : Json();
}

Json EpisodeJson(const Episode& episode) {
  Json json{{"episode", episode.id},    {"domain", episode.domain},   {"hypervisor", TextOrNull(episode.hypervisor)},
            {"fault", episode.fault},   {"purpose", episode.purpose}, {"state", Name(episode.state)},
            {"confidence", nullptr},    {"severity", nullptr},        {"expected_time", nullptr},
            {"evidence", Json::array()}};
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

// nullopt where the request has a limit that is no number from 1 to kMostEpisodes.
std::optional<std::size_t> LimitOf(const http::Request& request) {
  auto found = request.query.find("limit");
  if (found == request.query.end()) return kDefaultLimit;
  const std::string& text = found->second;
  std::size_t limit = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), limit);
  if (error != std::errc() || end != text.data() + text.size() || limit < 1 || limit > kMostEpisodes)
    return std::nullopt;
  return limit;
}

}  // namespace

http::Response MitigationsResponse(journal::Journal& journal, const http::Request& request) {
  const auto limit = LimitOf(request);
  if (!limit) return Failure(400, "limit: must be a number from 1 to " + std::to_string(kMostEpisodes));
  journal::Filter filter;
  filter.limit = *limit;
  if (auto domain = request.query.find("domain"); domain != request.query.end()) filter.domain = domain->second;
  if (auto fault = request.query.find("fault"); fault != request.query.end()) filter.fault = fault->second;
  auto episodes = journal.Find(filter);
  if (!episodes) return Failure(503, episodes.error().message);
  Json mitigations = Json::array();
  for (const Episode& episode : *episodes) {
    for (auto change = episode.changes.rbegin(); change != episode.changes.rend(); ++change) {
      mitigations.push_back(MitigationJson(episode, *change));
    }
    if (!episode.changes.empty()) continue;
    Change none;
    none.outcome = episode.outcome;
    none.reason = episode.reason;
    mitigations.push_back(MitigationJson(episode, none));
  }
  return Success({{"mitigations", std::move(mitigations)}});
}

}  // namespace forewarn::api
