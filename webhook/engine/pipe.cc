// SPDX-License-Identifier: Apache-2.0
#include "webhook/engine/pipe.h"

#include <algorithm>

#include "common/log/log.h"
#include "webhook/engine/reasons.h"
#include "webhook/engine/telemetry.h"

namespace forewarn::engine {

using journal::Change;
using journal::Episode;
using journal::Outcome;
using journal::State;

namespace {

constexpr base::Duration kNow{};
constexpr base::Duration kRetry = std::chrono::milliseconds(500);  // after something was away
constexpr base::Duration kPatience = std::chrono::minutes(1);      // from the alert on
constexpr base::Duration kVerifyPoll = std::chrono::milliseconds(500);
constexpr base::Duration kHoldPoll = std::chrono::seconds(3);
constexpr base::Duration kEscalationPause = std::chrono::minutes(1);

std::string Text(double from, double to) { return "symptom " + std::to_string(from) + " to " + std::to_string(to); }

}  // namespace

// Parse and Deduplicate come before (Engine::Submit). A state is what the journal says, so this also is what a new
// process does with what the old one left.
std::optional<base::Duration> Pipe::Advance(Episode& episode) {
  switch (episode.state) {
    case State::kPlanned:  // a further step, or a new process: what telemetry said is old
      if (auto queued = Queue(episode)) return *queued;
      if (auto asked = Confirm(parts_.telemetry, {&episode}); !asked) {
        log::Warn("telemetry cannot be asked", {{"domain", episode.domain}, {"error", asked.error().message}});
      }
      [[fallthrough]];
    case State::kIntent:
      return Begin(episode);  // Plan ▸ Guard ▸ Record(intent) ▸ Apply
    case State::kWaiting:
      return Wait(episode);
    case State::kRecorded:  // cut off between the record and the return of the effect
      return GiveUpStep(episode, Outcome::kUnverifiable, kInterrupted);
    case State::kApplied:
      return Verify(episode);  // ▸ Record(outcome)
    case State::kHeld:
      return Hold(episode);
    case State::kReverting:
      return Undo(episode);
    case State::kClosed:  // but not on record yet, or asked once more
      return changes_.Close(episode);
  }
  return std::nullopt;
}

Pipe::Next Pipe::Begin(Episode& episode) {
  if (episode.purpose != alerts::kMitigate) return Refuse(episode, {kExperimentRefused, "no experiments yet"});
  const plan::Policy& policy = rules_->policies.For(episode.fault);
  episode.step = NextStep(episode);
  const plan::Step* step = StepOf(episode);
  if (step == nullptr) return Refuse(episode, NoStep(policy, episode.fault));

  const std::size_t before = episode.changes.size();
  auto symptom = Plan(episode, *step);
  std::unique_lock beginning(parts_.memory.beginning);
  if (auto refusal = guard::Judge(Ask(episode))) return Refuse(episode, *refusal);
  if (!symptom) {
    episode.changes.resize(before);
    return Obstacle(episode, symptom.error());
  }
  NoteSkipped(episode, before);
  const bool possible =
      std::any_of(episode.changes.begin() + static_cast<std::ptrdiff_t>(before), episode.changes.end(),
                  [](const Change& change) { return change.outcome == Outcome::kNone; });
  if (!possible) {
    beginning.unlock();
    return Begin(episode);
  }
  if (HeldOut(episode)) {
    episode.control = true;
    return Refuse(episode, {kControl, "held out to see what would have happened"});
  }
  if (policy.approval == plan::Approval::kRequired && episode.approval != journal::Approval::kGranted) {
    return AskAPerson(episode);
  }
  episode.baseline = *symptom;
  episode.deadline = changes_.After(step->verify.deadline);
  episode.expiry = changes_.After(step->verify.deadline + policy.expiry);
  if (auto recorded = Record(episode); !recorded) return NotRecorded(episode, recorded.error());
  if (auto refusal = guard::JudgeCounts(Ask(episode))) return StepBack(episode, *refusal);
  beginning.unlock();
  return Apply(episode, *step);
}

base::Result<double> Pipe::Plan(Episode& episode, const plan::Step& step) {
  if (auto resolved = changes_.Resolve(episode); !resolved) return resolved.error();
  auto symptom = Symptom(parts_.telemetry, step.verify, episode.domain);
  if (!symptom || !(*symptom > 0)) {
    const std::string why = symptom ? "the symptom is " + std::to_string(*symptom) : symptom.error().message;
    return base::Error{base::ErrorCode::kInvalid, std::string(kNoSymptom) + ": " + why};
  }
  for (const std::string& actuator : step.actuators) {
    if (auto planned = PlanChange(episode, actuator); !planned) return planned.error();
  }
  return *symptom;
}

// Everything is on record before the first effect, and the kill switch is asked before each.
base::Result<void> Pipe::Record(Episode& episode) {
  for (Change& change : episode.changes) {
    if (change.outcome == Outcome::kNone && !change.intended) change.intended = parts_.clock.Now();
  }
  episode.state = State::kRecorded;
  return parts_.journal.Save(episode);
}

// Another replica has recorded something since we were judged: who sees too many steps back, before any effect.
Pipe::Next Pipe::StepBack(Episode& episode, const guard::Refusal& refusal) {
  Unrecord(episode);
  ForgetPlan(episode);
  episode.state = State::kPlanned;
  changes_.Save(episode);
  return Refuse(episode, refusal);
}

void Pipe::Unrecord(Episode& episode) {
  for (Change& change : episode.changes) {
    if (!change.applied && change.outcome == Outcome::kNone) change.intended.reset();
  }
}

Pipe::Next Pipe::NotRecorded(Episode& episode, const base::Error& error) {
  if (error.message.starts_with(journal::kFenced)) return changes_.Drop(episode);
  Unrecord(episode);
  if (error.code == base::ErrorCode::kConflict) return Refuse(episode, {kDuplicate, error.message});
  if (parts_.journal.Dead()) parts_.metrics.JournalUp(0);
  log::Error("nothing is done without the journal", {{"error", error.message}});
  ForgetPlan(episode);
  episode.state = State::kPlanned;
  return kRetry;
}

Pipe::Next Pipe::Apply(Episode& episode, const plan::Step& step) {
  for (Change& change : episode.changes) {
    if (change.applied || !change.Pending() || change.step != episode.step) continue;
    if (parts_.kill_switch.Read().engaged) return StopAll(episode);
    if (auto applied = changes_.Apply(episode, change); !applied) {
      if (applied.error().message.starts_with(journal::kFenced)) return changes_.Drop(episode);
      return GiveUpStep(episode, Outcome::kUnverifiable, "apply_failed: " + applied.error().message);
    }
  }
  episode.state = State::kApplied;
  episode.deadline = changes_.After(step.verify.deadline);
  changes_.Save(episode);
  return kVerifyPoll;
}

Pipe::Next Pipe::Verify(Episode& episode) {
  if (parts_.kill_switch.Read().engaged) return StopAll(episode);
  const plan::Step* step = StepOf(episode);
  if (step == nullptr || !episode.baseline || !episode.deadline) {
    return GiveUpStep(episode, Outcome::kUnverifiable, "the policy has changed");
  }
  const base::Duration left = *episode.deadline - parts_.clock.Now();
  const double baseline = *episode.baseline;
  auto symptom = Symptom(parts_.telemetry, step->verify, episode.domain);
  if (symptom && *symptom <= baseline * step->verify.relieved_ratio) return Keep(episode, *symptom);
  // In the first half the symptom's own window still holds what was before.
  const bool settled = left <= step->verify.deadline / 2;
  if (symptom && settled && *symptom >= baseline * step->verify.harmful_ratio) {
    return GiveUpStep(episode, Outcome::kHarmful, Text(baseline, *symptom));
  }
  if (left > base::Duration::zero()) return std::min(kVerifyPoll, left);
  if (!symptom) return GiveUpStep(episode, Outcome::kUnverifiable, symptom.error().message);
  return GiveUpStep(episode, Outcome::kIneffective, Text(baseline, *symptom));
}

Pipe::Next Pipe::Hold(Episode& episode) {
  const auto ours = parts_.claims.Check(episode);  // nothing else would tell us before it expires
  if (!ours && ours.error().message.starts_with(journal::kFenced)) return changes_.Drop(episode);
  if (parts_.kill_switch.Read().engaged) return StopAll(episode);
  const base::WallTime now = parts_.clock.Now();
  const plan::Step* step = StepOf(episode);
  auto symptom = step == nullptr ? base::Error{base::ErrorCode::kNotFound, "the policy has changed"}
                                 : Symptom(parts_.telemetry, step->verify, episode.domain);
  if (now >= episode.expiry.value_or(now) && changes_.UndoneElsewhere(episode)) {
    LetStand(episode);
    return UndoAll(episode, episode.reason);
  }
  // As bad as before although the step is in force (a leak goes on): the next step, beside it.
  const bool relapsed = symptom && episode.baseline && *symptom >= *episode.baseline;
  const auto& steps = rules_->policies.For(episode.fault).steps;
  const int next = NextStep(episode);
  if (relapsed && now >= episode.deadline.value_or(now) && static_cast<std::size_t>(next) < steps.size()) {
    episode.step = next;
    episode.state = State::kPlanned;
    changes_.Save(episode);
    return kNow;
  }
  if (now >= episode.expiry.value_or(now)) return Expire(episode, symptom);
  return std::min<base::Duration>(kHoldPoll, *episode.expiry - now);
}

Pipe::Next Pipe::Undo(Episode& episode) {
  for (auto change = episode.changes.rbegin(); change != episode.changes.rend(); ++change) {
    const bool stays = change->outcome == Outcome::kRelieved && episode.expiry;
    if (!change->InForce() || stays) continue;
    if (auto undone = changes_.Undo(episode, *change); !undone) {
      if (undone.error().message.starts_with(journal::kFenced)) return changes_.Drop(episode);
      parts_.metrics.RevertFailed();
      parts_.metrics.Paged(kPageRevertFailing);
      log::Error("cannot undo a change",
                 {{"domain", episode.domain}, {"actuator", change->actuator}, {"error", undone.error().message}});
      return kRetry;
    }
  }
  return AfterUndo(episode);
}

Pipe::Next Pipe::StopAll(Episode& episode) {
  LetStand(episode);
  return UndoAll(episode, "kill_switch");
}

// Verified: held until its expiry.
Pipe::Next Pipe::Keep(Episode& episode, double symptom) {
  for (Change& change : episode.changes) {
    if (!change.Pending()) continue;
    change.outcome = Outcome::kRelieved;
    change.reason = Text(*episode.baseline, symptom);
    change.verified = parts_.clock.Now();
    Ended(episode, change);
    changes_.Log(episode, change, "verified");
  }
  episode.outcome = Outcome::kRelieved;
  episode.reason = Text(*episode.baseline, symptom);
  if (episode.LastInForce() == nullptr) return changes_.Close(episode);
  episode.state = State::kHeld;
  changes_.Save(episode);
  return kHoldPoll;
}

// Undone only with headroom; else renewed, and after the last renewal a person is told once while it is still held.
Pipe::Next Pipe::Expire(Episode& episode, const base::Result<double>& symptom) {
  const plan::Policy& policy = rules_->policies.For(episode.fault);
  const plan::Step* step = StepOf(episode);
  const bool headroom =
      symptom && step != nullptr && episode.baseline && *symptom <= *episode.baseline * step->verify.relieved_ratio;
  LetStand(episode);
  if (headroom) return UndoAll(episode, episode.reason);
  if (++episode.renewals == policy.max_renewals + 1) {
    parts_.metrics.Paged(kPageNoHeadroom);
    log::Error("held, but there is no headroom without it", {{"domain", episode.domain}, {"fault", episode.fault}});
  }
  episode.expiry = changes_.After(policy.expiry);
  if (!changes_.Save(episode)) return kHoldPoll;
  for (const Change& change : episode.changes) {
    if (!change.InForce()) continue;
    if (auto marked = changes_.Mark(episode, change, changes_.CallDeadline()); !marked) {
      log::Warn("cannot renew the marker", {{"domain", episode.domain}, {"error", marked.error().message}});
    }
    changes_.Log(episode, change, "renewed");
  }
  return kHoldPoll;
}

Pipe::Next Pipe::Obstacle(Episode& episode, const base::Error& error) {
  const bool away = error.code == base::ErrorCode::kUnavailable || error.code == base::ErrorCode::kTimeout;
  if (away && parts_.clock.Now() - episode.alerted < kPatience) {
    episode.state = State::kPlanned;
    return kRetry;
  }
  return Refuse(episode, RefusalOf(error));
}

guard::Refusal Pipe::RefusalOf(const base::Error& error) const {
  for (const char* reason : {kNoSymptom, kOverlap}) {
    if (error.message.starts_with(reason)) return {reason, error.message};
  }
  return {kTargetUnresolved, error.message};
}

Pipe::Next Pipe::Refuse(Episode& episode, const guard::Refusal& refusal) {
  if (refusal.passing && parts_.clock.Now() - episode.alerted < rules_->guard.patience) return Delay(episode, refusal);
  parts_.metrics.Refused(refusal.reason);
  const std::string reason = refusal.reason + ": " + refusal.why;
  PageAbout(refusal.reason);
  log::Warn("refused", {{"domain", episode.domain}, {"fault", episode.fault}, {"reason", reason}});
  if (const Change* last = episode.LastInForce()) return StayHeld(episode, last->step);
  for (Change& change : episode.changes) {
    if (change.outcome != Outcome::kNone || change.intended) continue;
    change.outcome = Outcome::kRefused;
    change.reason = reason;
    Ended(episode, change);
  }
  if (episode.outcome == Outcome::kNone) {
    episode.outcome = Outcome::kRefused;
    episode.reason = reason;
  }
  return changes_.Close(episode);
}

// A further step is refused: what helped stays, and the step may be tried again later unless the plan ends there.
Pipe::Next Pipe::StayHeld(Episode& episode, int held_step) {
  ForgetPlan(episode);
  episode.step = held_step;
  episode.state = State::kHeld;
  episode.deadline = changes_.After(kEscalationPause);
  changes_.Save(episode);
  return kHoldPoll;
}

}  // namespace forewarn::engine
