// SPDX-License-Identifier: Apache-2.0
#include "webhook/guard/guard_rails.h"

namespace forewarn::guard {
namespace {

enum class Kind { kFinal, kPassing };

struct Rail {
  std::string_view reason;
  std::optional<std::string> (*refuses)(const Question&);
  Kind kind = Kind::kFinal;
};

// What is cheap and certain comes first. The dry run comes last: what it reports is what would have been done.
constexpr Rail kRails[] = {
    {"kill_switch", KillSwitchRefuses},
    {"allow_list", AllowListRefuses},
    {"unknown_target", UnknownTargetRefuses},
    {"maintenance", MaintenanceRefuses},
    {"experiment_running", ExperimentRefuses, Kind::kPassing},
    {"target_busy", TargetBusyRefuses, Kind::kPassing},
    {"stale", StaleRefuses},
    {"cool_down", CoolDownRefuses},
    {"circuit_breaker", CircuitBreakerRefuses},
    {"fleet_predicted", FleetPredictedRefuses},
    {"minimum_healthy", MinimumHealthyRefuses, Kind::kPassing},
    {"fleet_budget", FleetBudgetRefuses, Kind::kPassing},
    {"concurrency", ConcurrencyRefuses, Kind::kPassing},
    {"rate", RateRefuses, Kind::kPassing},
    {"dry_run", DryRunRefuses},
};

Refusal RefusalOf(const Rail& rail, std::string why) {
  return {std::string(rail.reason), std::move(why), rail.kind == Kind::kPassing};
}

}  // namespace

std::optional<Refusal> Judge(const Question& question) {
  for (const Rail& rail : kRails) {
    if (auto why = rail.refuses(question)) return RefusalOf(rail, std::move(*why));
  }
  return std::nullopt;
}

std::vector<Refusal> JudgeAll(const Question& question) {
  std::vector<Refusal> refusals;
  for (const Rail& rail : kRails) {
    if (auto why = rail.refuses(question)) refusals.push_back(RefusalOf(rail, std::move(*why)));
  }
  return refusals;
}

std::optional<Refusal> JudgeCounts(const Question& question) {
  for (const Rail& rail : kRails) {
    if (rail.kind != Kind::kPassing) continue;
    if (auto why = rail.refuses(question)) return RefusalOf(rail, std::move(*why));
  }
  return std::nullopt;
}

std::set<std::string> Occupied(const Question& question) {
  std::set<std::string> domains;
  for (const journal::Episode& other : *question.in_force) {
    if (other.id == question.episode.id) continue;
    domains.insert(other.experiment ? other.experiment->target.domain : other.domain);
    for (const journal::Change& change : other.changes) {
      if (change.InForce() && !change.subject.domain.empty()) domains.insert(change.subject.domain);
    }
  }
  return domains;
}

std::vector<std::string_view> Reasons() {
  std::vector<std::string_view> reasons;
  for (const Rail& rail : kRails) reasons.push_back(rail.reason);
  return reasons;
}

}  // namespace forewarn::guard
