// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "common/log/log.h"
#include "webhook/actuators/actuators.h"
#include "webhook/engine/pipe.h"
#include "webhook/engine/reasons.h"

// Which step comes next, and when.
namespace forewarn::engine {

using journal::Change;
using journal::Episode;
using journal::Outcome;
using journal::State;

namespace {

constexpr base::Duration kInQueue = std::chrono::seconds(5);

// What cannot be undone, and what stops a guest's work: only when nothing else helps.
bool LastResort(const std::string& actuator) {
  const actuators::ActuatorKind* kind = actuators::FindKind(actuator);
  return actuator == "pause" || (kind != nullptr && kind->reversal == actuators::Reversal::kFinal);
}

}  // namespace

int BestStep(const plan::Policy& policy, const Experience& experience, const std::string& fault,
             const std::function<bool(int)>& possible) {
  const auto& steps = policy.steps;
  int best = static_cast<int>(steps.size());
  std::pair<bool, double> best_rank;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (!possible(static_cast<int>(i))) continue;
    std::pair<bool, double> rank{true, 1};
    for (const std::string& actuator : steps[i].actuators) {
      rank.first = rank.first && !LastResort(actuator);
      rank.second = std::min(rank.second, experience.Success(fault, actuator).mean);
    }
    if (static_cast<std::size_t>(best) < steps.size() && rank <= best_rank) continue;
    best = static_cast<int>(i);
    best_rank = rank;
  }
  return best;
}

// What a crash cut off says nothing about the step, and may be tried once more; unless nobody knows what it did.
bool Pipe::Tried(const Episode& episode, int step) {
  std::map<std::string, int> cut_off;  // by actuator
  return std::any_of(episode.changes.begin(), episode.changes.end(), [&](const Change& change) {
    if (change.step != step) return false;
    return change.reason != kInterrupted || change.lasting || ++cut_off[change.actuator] > 1;
  });
}

int Pipe::NextStep(const Episode& episode) const {
  return BestStep(rules_->policies.For(episode.fault), parts_.memory.experience, episode.fault,
                  [&](int step) { return !Tried(episode, step) && Proven(episode, step); });
}

guard::Refusal Pipe::NoStep(const plan::Policy& policy, const std::string& fault) {
  if (policy.require_experiment && !policy.steps.empty()) {
    return {kUnproven, "no possible step against " + fault + " has passed an experiment lately", /*passing=*/true};
  }
  return {kNoPlan, "no possible step in the policy for " + fault};
}

// Whether an experiment has shown, recently enough, that the step helps: on behalf of the domain, or on one of its
// class.
bool Pipe::Proven(const Episode& episode, int step) const {
  const plan::Policy& policy = rules_->policies.For(episode.fault);
  if (!policy.require_experiment) return true;
  journal::Filter filter;
  filter.fault = episode.fault;
  filter.purpose = alerts::kExperiment;
  auto trials = parts_.journal.Find(filter);
  if (!trials) return false;
  const auto& actuators = policy.steps[static_cast<std::size_t>(step)].actuators;
  const auto own = rules_->targets.Find(episode.domain);
  for (const Episode& trial : *trials) {  // newest first
    if (!trial.experiment || trial.experiment->mitigation != actuators) continue;
    const auto other = rules_->targets.Find(trial.experiment->target.domain);
    const bool alike = own && other && !own->target_class.empty() && own->target_class == other->target_class;
    if (trial.domain != episode.domain && !alike) continue;
    const journal::Verdict verdict = trial.experiment->verdict;
    if (verdict != journal::Verdict::kPassed && verdict != journal::Verdict::kFailed) continue;
    return verdict == journal::Verdict::kPassed && parts_.clock.Now() - trial.alerted <= policy.experiment_max_age;
  }
  return false;
}

base::Result<void> Pipe::PlanChange(Episode& episode, const std::string& actuator) {
  const double severity = episode.prediction ? std::clamp(episode.prediction->severity, 0.0, 1.0) : 0;
  auto change = changes_.Plan(episode, {{episode.domain, episode.uuid, episode.hypervisor, ""}, actuator, severity});
  if (!change) return change.error();
  const auto in_time = CheckTime(episode, actuator);
  if (change->outcome == Outcome::kNone && !in_time) {
    change->outcome = Outcome::kRefused;
    change->reason = in_time.error().message;
    change->to.clear();
  }
  episode.changes.push_back(std::move(*change));
  return {};
}

// The fault would be there before this actuator is done. Once it is there, anything that relieves is welcome.
base::Result<void> Pipe::CheckTime(const Episode& episode, const std::string& actuator) const {
  if (!episode.prediction || !episode.prediction->expected) return {};
  const base::Duration left = *episode.prediction->expected - parts_.clock.Now();
  const auto takes = parts_.memory.experience.P95(actuator);
  if (!takes || left <= base::Duration::zero() || *takes <= left) return {};
  return base::Error{base::ErrorCode::kUnsupported,
                     std::string(kTooSlow) + ": takes " + std::to_string(base::ToSeconds(*takes)) +
                         " s, the fault comes in " + std::to_string(base::ToSeconds(left)) + " s"};
}

guard::Question Pipe::Ask(const Episode& episode) const {
  journal::Filter in_force;
  in_force.in_force = true;
  const base::WallTime now = parts_.clock.Now();
  return {episode,
          rules_->policies.For(episode.fault),
          rules_->targets,
          rules_->guard,
          parts_.kill_switch,
          parts_.journal,
          now,
          parts_.memory.fleet.Get(parts_.telemetry, rules_->targets, now),
          parts_.journal.Find(in_force)};
}

// Whether others are before us, without asking telemetry or a hypervisor for each that waits.
std::optional<Pipe::Next> Pipe::Queue(Episode& episode) {
  if (!episode.changes.empty() || episode.hypervisor.empty()) return std::nullopt;
  auto refusal = guard::JudgeCounts(Ask(episode));
  if (!refusal || parts_.clock.Now() - episode.alerted >= rules_->guard.patience) return std::nullopt;
  return Delay(episode, *refusal);
}

// Counted and said once, however long it stands in the queue.
Pipe::Next Pipe::Delay(Episode& episode, const guard::Refusal& refusal) {
  ForgetPlan(episode);
  if (const Change* last = episode.LastInForce()) return StayHeld(episode, last->step);
  episode.state = State::kPlanned;
  if (guard::TooLateToWait(episode, parts_.clock.Now())) StopExperimentsOn(episode);
  if (!episode.reason.starts_with(refusal.reason)) {
    parts_.metrics.Refused(refusal.reason);
    episode.reason = refusal.reason + ": " + refusal.why;
    log::Info("waits", {{"domain", episode.domain}, {"fault", episode.fault}, {"reason", episode.reason}});
  }
  return kInQueue;
}

// An experiment on the domain itself makes way for what is really coming.
void Pipe::StopExperimentsOn(const Episode& episode) const {
  journal::Filter open;
  open.purpose = alerts::kExperiment;
  open.open = true;
  auto trials = parts_.journal.Find(open);
  if (!trials) return;
  for (const Episode& trial : *trials) {
    const bool on_it = trial.experiment && trial.experiment->target.domain == episode.domain;
    if (!on_it || trial.wish != journal::Wish::kNone || trial.experiment->phase >= journal::Phase::kReverting) continue;
    static_cast<void>(parts_.claims.Ask(trial.id, journal::Wish::kRevert, "the mitigation that is due"));
  }
}

void Pipe::Ended(const Episode& episode, const Change& change) {
  parts_.metrics.Ended(episode.fault, change);
  changes_.Learn(episode.fault, change);
}

void Pipe::PageAbout(const std::string& reason) {
  for (const char* worth : kPagingRefusals) {
    if (reason.starts_with(worth)) parts_.metrics.Paged(worth);
  }
}

void Pipe::NoteSkipped(const Episode& episode, std::size_t from) {
  for (std::size_t i = from; i < episode.changes.size(); ++i) {
    const Change& change = episode.changes[i];
    if (change.outcome != Outcome::kRefused) continue;
    Ended(episode, change);
    PageAbout(change.reason);
    changes_.Log(episode, change, "skipped");
  }
}

}  // namespace forewarn::engine
