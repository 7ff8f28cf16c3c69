// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/clock.h"
#include "common/config/yaml.h"
#include "webhook/guard/kill_switch.h"
#include "webhook/journal/journal.h"
#include "webhook/plan/policy.h"
#include "webhook/plan/targets.h"

// Reasons to say no. Judged immediately before every step of every plan.
namespace forewarn::guard {

struct Settings {
  plan::Patterns allow;  // domains that may be acted on; none by default
  base::Duration cooldown = std::chrono::minutes(5);
  base::Duration max_prediction_age = std::chrono::seconds(30);
};
Settings DecodeSettings(const config::Map& map);  // `guard:`

// All that a guard rail may look at.
struct Question {
  const journal::Episode& episode;
  const plan::Policy& policy;
  const plan::Targets& targets;
  const Settings& settings;
  const KillSwitch& kill_switch;
  journal::Journal& journal;
  base::WallTime now;
};

struct Refusal {
  std::string reason;  // a name of the table, or of the plan: a label's value
  std::string why;     // for a person
};

// All rails that refuse, in the table's order; the first of them.
std::vector<Refusal> JudgeAll(const Question& question);
std::optional<Refusal> Judge(const Question& question);

std::vector<std::string_view> Reasons();  // all names of the table

// One rail each, in a file of its own: nullopt, or why not. They only look.
std::optional<std::string> KillSwitchRefuses(const Question& question);
std::optional<std::string> AllowListRefuses(const Question& question);
std::optional<std::string> UnknownTargetRefuses(const Question& question);
std::optional<std::string> StaleRefuses(const Question& question);
std::optional<std::string> CoolDownRefuses(const Question& question);
std::optional<std::string> DryRunRefuses(const Question& question);

}  // namespace forewarn::guard
