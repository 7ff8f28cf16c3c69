// SPDX-License-Identifier: Apache-2.0
#include "webhook/guard/guard_rails.h"

namespace forewarn::guard {
namespace {

struct Rail {
  std::string_view reason;
  std::optional<std::string> (*refuses)(const Question&);
};

// The dry run comes last: what it reports is what would have been done.
constexpr Rail kRails[] = {
    {"kill_switch", KillSwitchRefuses},        //
    {"allow_list", AllowListRefuses},          //
    {"unknown_target", UnknownTargetRefuses},  //
    {"stale", StaleRefuses},                   //
    {"cool_down", CoolDownRefuses},            //
    {"dry_run", DryRunRefuses},
};

}  // namespace

std::optional<Refusal> Judge(const Question& question) {
  for (const Rail& rail : kRails) {
    if (auto why = rail.refuses(question)) return Refusal{std::string(rail.reason), std::move(*why)};
  }
  return std::nullopt;
}

std::vector<Refusal> JudgeAll(const Question& question) {
  std::vector<Refusal> refusals;
  for (const Rail& rail : kRails) {
    if (auto why = rail.refuses(question)) refusals.push_back({std::string(rail.reason), std::move(*why)});
  }
  return refusals;
}

std::vector<std::string_view> Reasons() {
  std::vector<std::string_view> reasons;
  for (const Rail& rail : kRails) reasons.push_back(rail.reason);
  return reasons;
}

Settings DecodeSettings(const config::Map& map) {
  Settings settings;
  if (auto allow = map.Find("allow")) {
    for (const config::Node& pattern : allow->Items()) settings.allow.Add(pattern);
  }
  settings.cooldown = map.Duration("cooldown", settings.cooldown);
  settings.max_prediction_age = map.Duration("max_prediction_age", settings.max_prediction_age);
  return settings;
}

}  // namespace forewarn::guard
