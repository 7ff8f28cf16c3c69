// SPDX-License-Identifier: Apache-2.0
#include "webhook/api/asks.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "webhook/alerts/names.h"

namespace forewarn::api {
namespace {

using Json = nlohmann::json;
using base::Error;
using base::ErrorCode;
using journal::Wish;

constexpr std::string_view kAbort = "/abort";
constexpr std::size_t kMaxId = 64, kMaxName = 128;

bool IsId(std::string_view text) {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
  return !text.empty() && text.size() <= kMaxId && text.find_first_not_of(kLetters) == std::string_view::npos;
}

Error Invalid(std::string message) { return {ErrorCode::kInvalid, std::move(message)}; }

// The text under a key, or empty where it is absent or something else.
std::string Text(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// {id}, and what follows it.
base::Result<std::pair<Action, std::string_view>> ParseId(std::string_view path, std::string_view prefix) {
  if (!path.starts_with(prefix)) return Error{ErrorCode::kNotFound, "no such path"};
  path.remove_prefix(prefix.size());
  const std::string_view id = path.substr(0, path.find('/'));
  if (!IsId(id)) return Invalid("the id must be 1 to 64 of A-Z, a-z, 0-9, _ and -");
  Action action;
  const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), action.id);
  if (error != std::errc() || end != id.data() + id.size() || action.id < 1) {
    return Error{ErrorCode::kNotFound, "no such episode: " + std::string(id)};
  }
  return std::pair{action, path.substr(id.size())};
}

base::Result<Action> ParseWish(std::string_view path, std::string_view prefix) {
  auto parsed = ParseId(path, prefix);
  if (!parsed) return parsed.error();
  auto& [action, rest] = *parsed;
  if (rest.empty()) return action;
  for (const Wish wish : {Wish::kApprove, Wish::kRefuse, Wish::kRevert}) {
    if (rest.substr(1) != Name(wish)) continue;
    action.wish = wish;
    return action;
  }
  return Error{ErrorCode::kNotFound, "no such action: approve, refuse or revert"};
}

base::Result<Action> ParseAbort(std::string_view path, std::string_view prefix) {
  auto parsed = ParseId(path, prefix);
  if (!parsed) return parsed.error();
  auto& [action, rest] = *parsed;
  if (rest == kAbort) action.wish = Wish::kRevert;
  if (!rest.empty() && action.wish == Wish::kNone) return Error{ErrorCode::kNotFound, "no such action: abort"};
  return action;
}

base::Result<Wanted> ParseNames(const Json& json) {
  Wanted wanted{Text(json, "domain"), Text(json, "fault"), Text(json, "request_id")};
  if (auto checked = CheckNames(wanted.domain, wanted.fault); !checked) return checked.error();
  if (!IsId(wanted.request_id)) return Invalid("request_id: must be 1 to 64 of A-Z, a-z, 0-9, _ and -");
  return wanted;
}

}  // namespace

base::Result<Action> ParseAction(std::string_view path) { return ParseWish(path, kMitigationsPath); }

base::Result<Action> ParseEpisodeAction(std::string_view path) {
  if (path.ends_with(kAbort)) return ParseAbort(path, kEpisodesPath);
  return ParseWish(path, kEpisodesPath);
}

base::Result<Action> ParseExperimentAction(std::string_view path) { return ParseAbort(path, kExperimentsPath); }

base::Result<void> CheckNames(std::string_view domain, std::string_view fault) {
  if (!alerts::IsDomainName(domain)) return Invalid("domain: not the name of a domain");
  if (!alerts::IsFaultName(fault)) return Invalid("fault: not the name of a fault");
  return {};
}

base::Result<Wanted> ParseWanted(std::string_view body) {
  const Json json = Json::parse(body, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return Invalid(R"(the body must be {"domain": …, "fault": …, "request_id": …})");
  auto wanted = ParseNames(json);
  if (wanted && json.size() != 3) return Invalid("the body must have domain, fault and request_id, and nothing else");
  return wanted;
}

base::Result<Wanted> ParseWantedExperiment(std::string_view body) {
  const Json json = Json::parse(body, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) {
    return Invalid(R"(the body must be {"domain": …, "fault": …, "experiment": …, "request_id": …})");
  }
  auto wanted = ParseNames(json);
  if (!wanted || !json.contains("experiment")) {
    return wanted && json.size() != 3 ? Invalid("the body may have experiment, and nothing else") : wanted;
  }
  wanted->experiment = Text(json, "experiment");
  const std::string& name = wanted->experiment;
  if (name.empty() || name.size() > kMaxName) return Invalid("experiment: must be the name of a template");
  if (json.size() != 4) return Invalid("the body must have domain, fault, experiment and request_id, and nothing else");
  return wanted;
}

base::Result<bool> ParseDryRun(std::string_view text) {
  if (text == "1") return true;
  return text.empty() || text == "0" ? base::Result<bool>(false) : Invalid("dry_run: must be 0 or 1");
}

base::Result<bool> ParseEngaged(std::string_view body) {
  const Json json = Json::parse(body, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object() || json.size() != 1 || !json.contains("engaged") || !json["engaged"].is_boolean()) {
    return Invalid(R"(the body must be {"engaged": true} or {"engaged": false})");
  }
  return json["engaged"].get<bool>();
}

}  // namespace forewarn::api
