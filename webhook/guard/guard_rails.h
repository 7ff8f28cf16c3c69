// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
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

// When nothing may be done to some domains: between two moments, or every day between two times (UTC).
struct Window {
  plan::Patterns domains;
  bool daily = false;
  base::WallTime begin, end;  // daily: since midnight; an end before its begin is on the next day
};

struct Settings {
  plan::Patterns allow;  // domains that may be acted on; none by default
  std::vector<Window> maintenance;
  base::Duration max_prediction_age = std::chrono::seconds(30);
  base::Duration cooldown = std::chrono::minutes(5);       // doubles with each action on the same target within a day
  base::Duration max_cooldown = std::chrono::hours(6);     // up to this
  int max_in_force = 10, max_in_force_per_hypervisor = 4;  // episodes with something changed
  int max_per_hour = 30;                                   // episodes in which something was changed
  base::Duration patience =
      std::chrono::minutes(2);       // from the alert on, while only a passing reason stands against it
  double fleet_budget = 0.2;         // of all instances, the share that may have something changed; but always kFew
  double minimum_healthy = 0.5;      // of the other instances of the target's class
  double max_fleet_predicted = 0.3;  // of all instances; above it telemetry is more likely wrong; but always kFew
  int breaker_failures = 3;          // of a fault's last mitigations that failed in a row …
  base::Duration breaker_reset = std::chrono::hours(1);  // … since then
};
Settings DecodeSettings(const config::Map& map);  // `guard:`

// What is never too many: a share of a small fleet says nothing.
inline constexpr std::size_t kFew = 3;

// All instances that telemetry knows.
struct Fleet {
  std::size_t size = 0;
  std::set<std::string> predicted;                           // domains with a fault above its mitigate threshold
  std::map<std::string, std::vector<std::string>> by_class;  // domains by their targets' class
};

// All that a guard rail may look at.
struct Question {
  const journal::Episode& episode;
  const plan::Policy& policy;
  const plan::Targets& targets;
  const Settings& settings;
  const KillSwitch& kill_switch;
  journal::Journal& journal;
  base::WallTime now;
  base::Result<std::shared_ptr<const Fleet>> fleet;      // the error: why it isn't known
  base::Result<std::vector<journal::Episode>> in_force;  // what is changed now, by the journal
};

struct Refusal {
  std::string reason;    // a name of the table, or of the plan: a label's value
  std::string why;       // for a person
  bool passing = false;  // it may soon be otherwise: worth waiting for
};

// All rails that refuse, in the table's order; the first of them.
std::vector<Refusal> JudgeAll(const Question& question);
std::optional<Refusal> Judge(const Question& question);
// The first of those that count what is being done: what they say is to be trusted only while nothing else begins.
std::optional<Refusal> JudgeCounts(const Question& question);

// The domains that are being acted on, other than the question's; its own episode doesn't count. An experiment's are
// its target and what it changes, not the one on whose behalf it is.
std::set<std::string> Occupied(const Question& question);

// Whether the fault comes too soon for the verdict of an experiment to be waited for.
bool TooLateToWait(const journal::Episode& episode, base::WallTime now);

std::vector<std::string_view> Reasons();  // all names of the table

// One rail each, in a file of its own: nullopt, or why not. They only look.
std::optional<std::string> KillSwitchRefuses(const Question& question);
std::optional<std::string> AllowListRefuses(const Question& question);
std::optional<std::string> UnknownTargetRefuses(const Question& question);
std::optional<std::string> MaintenanceRefuses(const Question& question);
std::optional<std::string> ExperimentRefuses(const Question& question);
std::optional<std::string> TargetBusyRefuses(const Question& question);
std::optional<std::string> StaleRefuses(const Question& question);
std::optional<std::string> CoolDownRefuses(const Question& question);
std::optional<std::string> CircuitBreakerRefuses(const Question& question);
std::optional<std::string> FleetPredictedRefuses(const Question& question);
std::optional<std::string> MinimumHealthyRefuses(const Question& question);
std::optional<std::string> FleetBudgetRefuses(const Question& question);
std::optional<std::string> ConcurrencyRefuses(const Question& question);
std::optional<std::string> RateRefuses(const Question& question);
std::optional<std::string> DryRunRefuses(const Question& question);

}  // namespace forewarn::guard
