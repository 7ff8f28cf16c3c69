// SPDX-License-Identifier: Apache-2.0
#include "webhook/experiments/trial.h"

#include <algorithm>
#include <iterator>

#include "common/log/log.h"
#include "webhook/engine/reasons.h"
#include "webhook/engine/telemetry.h"
#include "webhook/experiments/conditions.h"
#include "webhook/experiments/reasons.h"

namespace forewarn::experiments {

using engine::Bound;
using journal::Change;
using journal::Episode;
using journal::Experiment;
using journal::Phase;
using journal::State;
using journal::Verdict;

namespace {

constexpr base::Duration kPoll = std::chrono::milliseconds(250);  // of what must be noticed within a second
constexpr base::Duration kRetry = std::chrono::seconds(1);
constexpr base::Duration kInQueue = std::chrono::seconds(5);

std::string Text(const std::string& what, double from, double to) {
  return what + ": symptom " + std::to_string(from) + " to " + std::to_string(to);
}

}  // namespace

// A phase is what the journal says. What another process began goes no further: it isn't known what was missed.
std::optional<base::Duration> Trial::Advance(Episode& episode) {
  if (!episode.experiment) episode.experiment.emplace().started_by = "alert";
  Experiment& trial = *episode.experiment;
  Cover(episode);
  const bool begun = trial.phase > Phase::kSteady && trial.phase < Phase::kReverting;
  if (begun && trial.epoch != episode.epoch) return Conclude(episode, {Verdict::kAborted, kInterrupted});
  switch (trial.phase) {
    case Phase::kSteady:
      return Begin(episode);
    case Phase::kAnnounced:
      return AwaitMark(episode);
    case Phase::kInjecting:
      return Observe(episode);
    case Phase::kMitigating:
      return Verify(episode);
    case Phase::kReverting:
      return Revert(episode);
    case Phase::kSettling:
      return Settle(episode);
    case Phase::kCooling:
      return Cool(episode);
    case Phase::kOver:
      return changes_.Close(episode);
  }
  return std::nullopt;
}

Trial::Next Trial::Begin(Episode& episode) {
  if (episode.state == State::kPlanned) {  // what telemetry said is old
    if (auto asked = engine::Confirm(parts_.telemetry, {&episode}); !asked) episode.prediction.reset();
  }
  if (auto refusal = Plan(episode)) return Refuse(episode, *refusal);
  if (auto why = NotSteady(episode)) return Refuse(episode, {kNotSteady, *why, /*passing=*/true});
  std::unique_lock beginning(parts_.memory.beginning);
  if (auto refusals = Judge(episode); !refusals.empty()) return Refuse(episode, refusals.front());
  if (auto refusal = Crowded(episode)) return Refuse(episode, *refusal);
  if (auto failed = Announce(episode)) {
    beginning.unlock();
    return Refuse(episode, {kNotRecorded, failed->reason, /*passing=*/true});
  }
  return kPoll;
}

// On record, and as a series: nothing is injected before everybody can see that it's us.
std::optional<Trial::Ruling> Trial::Announce(Episode& episode) {
  Experiment& trial = *episode.experiment;
  trial.phase = Phase::kAnnounced;
  trial.epoch = episode.epoch;
  trial.deadline = changes_.After(templates_->mark_deadline);
  trial.covers = {trial.target.domain};
  if (auto peers = parts_.domains_on(trial.target.hypervisor, changes_.CallDeadline())) {
    for (const std::string& peer : *peers) {
      if (peer != episode.domain) trial.covers.push_back(peer);  // its prediction was there before
    }
  }
  Note(episode, "announced on " + trial.target.domain);
  episode.state = State::kPlanned;
  if (auto saved = parts_.journal.Save(episode); !saved) {
    trial.phase = Phase::kSteady;
    return Ruling{Verdict::kAborted, saved.error().message};
  }
  Cover(episode);
  return std::nullopt;
}

Trial::Next Trial::AwaitMark(Episode& episode) {
  if (auto stopped = Stopped(episode)) return *stopped;
  Experiment& trial = *episode.experiment;
  auto visible = MarkVisible(Watch(), trial.target.domain, episode.fault);
  if (!visible || !*visible) {
    if (!Passed(trial.deadline)) return kPoll;
    return Conclude(episode, {Verdict::kAborted, kMarkNotVisible});
  }
  Refresh(episode);
  if (auto refusals = Judge(episode); !refusals.empty()) {
    return Conclude(episode, {Verdict::kAborted, refusals.front().reason + ": " + refusals.front().why});
  }
  auto calm = Symptom(episode, Bound::kAtMost), verified = Verified(episode, Bound::kAtMost);
  if (!calm || !verified) {
    return Conclude(episode, {Verdict::kInconclusive,
                              std::string(engine::kNoSymptom) + ": " + (calm ? verified : calm).error().message});
  }
  trial.calm = *calm;
  trial.verify_calm = *verified;
  trial.ends = changes_.After(TemplateOf(episode)->ttl);
  episode.expiry = trial.ends;
  Note(episode, "steady, and visible", trial.calm);
  return Inject(episode);
}

// What is predicted now; of a target that our own mark hides, what was predicted before.
void Trial::Refresh(Episode& episode) const {
  if (episode.Requested()) return;
  if (episode.domain == episode.experiment->target.domain) {
    if (episode.prediction) episode.prediction->sampled = parts_.clock.Now();
  } else if (auto asked = engine::Confirm(parts_.telemetry, {&episode}); !asked) {
    episode.prediction.reset();
  }
}

Trial::Next Trial::Inject(Episode& episode) {
  Experiment& trial = *episode.experiment;
  const Template& one = *TemplateOf(episode);
  if (trial.rung + 1 >= std::ssize(one.ladder)) {
    return Conclude(episode, {Verdict::kInconclusive, kNotShown});
  }
  ++trial.rung;
  trial.injected = one.ladder[static_cast<std::size_t>(trial.rung)] * trial.predicted;
  std::vector<Change> planned;
  if (auto failed = PlanRung(episode, planned)) return Conclude(episode, *failed);
  trial.phase = Phase::kInjecting;
  trial.deadline = changes_.After(one.window + one.show_deadline);
  parts_.metrics.Injects(trial.target.domain, episode.fault);
  if (auto failed = Carry(episode, std::move(planned))) return Conclude(episode, *failed);
  Note(episode, "injected at severity " + std::to_string(trial.injected));
  changes_.Save(episode);
  return kPoll;
}

Trial::Next Trial::Observe(Episode& episode) {
  const auto symptom = Symptom(episode, Bound::kAtLeast);
  if (auto stopped = Stopped(episode)) return *stopped;  // after it: then it was the target's, as it is known
  Experiment& trial = *episode.experiment;
  const Template& one = *TemplateOf(episode);
  const double calm = trial.calm.value_or(0);
  const bool filled = *trial.deadline - parts_.clock.Now() <= one.show_deadline;  // the window is of what is injected
  if (symptom && filled && *symptom > calm && *symptom >= calm * one.shown_ratio) {
    trial.shown = *symptom;
    Note(episode, "the fault shows", trial.shown);
    return Mitigate(episode);
  }
  return Passed(trial.deadline) ? Inject(episode) : kPoll;
}

Trial::Next Trial::Mitigate(Episode& episode) {
  Experiment& trial = *episode.experiment;
  const auto verified = Verified(episode, Bound::kAtLeast);
  if (!verified || !(*verified > 0)) return Conclude(episode, {Verdict::kInconclusive, engine::kNoSymptom});
  trial.verify_shown = *verified;
  std::vector<Change> planned;
  if (auto failed = PlanMitigation(episode, planned)) return Conclude(episode, *failed);
  trial.phase = Phase::kMitigating;
  if (auto failed = Carry(episode, std::move(planned))) return Conclude(episode, *failed);
  trial.deadline = changes_.After(TemplateOf(episode)->window + StepOf(episode)->verify.deadline);
  Note(episode, "mitigated", *verified);
  changes_.Save(episode);
  return kPoll;
}

Trial::Next Trial::Verify(Episode& episode) {
  const auto symptom = Verified(episode, Bound::kAtMost);
  if (auto stopped = Stopped(episode)) return *stopped;  // after it: nobody is relieved by having gone
  Experiment& trial = *episode.experiment;
  const plan::Verify& verify = StepOf(episode)->verify;
  const double shown = trial.verify_shown.value_or(0);
  const base::Duration left = *trial.deadline - parts_.clock.Now();
  if (symptom && left <= verify.deadline && Eased(trial, *symptom, verify.relieved_ratio)) {
    trial.eased = *symptom;
    return Conclude(episode, {Verdict::kPassed, Text("relieved", shown, *symptom)});
  }
  if (symptom && left <= verify.deadline / 2 && *symptom >= shown * verify.harmful_ratio) {
    return Conclude(episode, {Verdict::kFailed, Text(kHarmful, shown, *symptom)});
  }
  if (!Passed(trial.deadline)) return kPoll;
  if (!symptom) return Conclude(episode, {Verdict::kInconclusive, engine::kNoSymptom});
  trial.eased = *symptom;
  return Conclude(episode, {Verdict::kFailed, Text("ineffective", shown, *symptom)});
}

// The mitigation has its outcome, and everything is undone; on record before that begins.
Trial::Next Trial::Conclude(Episode& episode, const Ruling& ruling) {
  Experiment& trial = *episode.experiment;
  trial.verdict = ruling.verdict;
  trial.reason = ruling.reason;
  trial.phase = Phase::kReverting;
  episode.state = State::kReverting;
  Note(episode, std::string(Name(ruling.verdict)) + ": " + ruling.reason);
  for (Change& change : episode.changes) {
    if (change.injection || !change.Pending()) continue;
    change.outcome = OutcomeOf(ruling.verdict, ruling.reason);
    change.reason = ruling.reason;
    changes_.Learn(episode.fault, change);
  }
  changes_.Save(episode);
  return Revert(episode);
}

Trial::Next Trial::Revert(Episode& episode) {
  Experiment& trial = *episode.experiment;
  if (auto undone = UndoAll(episode); !undone) {
    if (undone.error().message.starts_with(journal::kFenced)) return changes_.Drop(episode);
    parts_.metrics.RevertFailed();
    parts_.metrics.Paged(engine::kPageRevertFailing);
    log::Error("cannot undo an injection", {{"domain", trial.target.domain}, {"error", undone.error().message}});
    return kRetry;
  }
  parts_.metrics.InjectsNoMore(trial.target.domain, episode.fault);
  trial.phase = Phase::kSettling;
  const Template* one = TemplateOf(episode);
  trial.deadline = changes_.After(one == nullptr ? kRetry : one->window + one->settle_deadline);
  trial.marked_until = changes_.After(templates_->cool_down);
  episode.state = State::kHeld;
  Note(episode, "all is undone");
  changes_.Save(episode);
  return kPoll;
}

// The steady state again, or else the experiment has done harm.
Trial::Next Trial::Settle(Episode& episode) {
  Experiment& trial = *episode.experiment;
  const auto not_steady = NotSteady(episode);
  if (not_steady && !Passed(trial.deadline)) return kPoll;
  if (not_steady && !episode.changes.empty()) {
    if (trial.verdict != Verdict::kAborted) trial.verdict = Verdict::kFailed;
    trial.reason = std::string(kNotRecovered) + ": " + *not_steady + "; " + trial.reason;
    parts_.metrics.Paged(kNotRecovered);
  }
  trial.phase = Phase::kCooling;
  episode.outcome = OutcomeOf(trial.verdict, trial.reason);
  episode.reason = std::string(Name(trial.verdict)) + ": " + trial.reason;
  Note(episode, not_steady ? "not steady again" : "steady again");
  parts_.metrics.Judged(episode.fault, trial.verdict);
  log::Info("experiment", {{"episode", std::to_string(episode.id)},
                           {"name", trial.name},
                           {"fault", episode.fault},
                           {"target", trial.target.domain},
                           {"verdict", std::string(Name(trial.verdict))},
                           {"reason", trial.reason}});
  changes_.Save(episode);
  return kPoll;
}

Trial::Next Trial::Cool(Episode& episode) {
  Experiment& trial = *episode.experiment;
  if (!Passed(trial.marked_until)) return std::min<base::Duration>(kRetry, *trial.marked_until - parts_.clock.Now());
  trial.phase = Phase::kOver;
  Cover(episode);
  return changes_.Close(episode);
}

Trial::Next Trial::Refuse(Episode& episode, const guard::Refusal& refusal) {
  const std::string reason = refusal.reason + ": " + refusal.why;
  const bool waits = refusal.passing && parts_.clock.Now() - episode.alerted < rules_->guard.patience;
  const bool said = episode.reason.starts_with(refusal.reason);
  if (!said) {
    parts_.metrics.Refused(refusal.reason);
    log::Info(waits ? "an experiment waits" : "an experiment is refused",
              {{"domain", episode.domain}, {"fault", episode.fault}, {"reason", reason}});
  }
  episode.reason = reason;
  episode.state = State::kPlanned;
  if (waits) return kInQueue;
  episode.outcome = journal::Outcome::kRefused;
  return changes_.Close(episode);
}

std::optional<base::Duration> Trial::Heed(Episode& episode, journal::Wish wish, const std::string& by) {
  const bool stop = wish == journal::Wish::kRevert || wish == journal::Wish::kRefuse;
  if (!episode.experiment || !stop) return Advance(episode);
  const Phase phase = episode.experiment->phase;
  episode.decided_by = by;
  if (phase == Phase::kSteady) return Refuse(episode, {engine::kApprovalRefused, "by " + by});
  if (phase >= Phase::kReverting) return Advance(episode);
  return Conclude(episode, {Verdict::kAborted, "asked by " + by});
}

bool Trial::Leave(Episode& episode) {
  if (!episode.experiment) return true;
  const Phase phase = episode.experiment->phase;
  if (phase > Phase::kSteady && phase < Phase::kReverting) {
    Conclude(episode, {Verdict::kAborted, "the program was stopped"});
  } else if (phase == Phase::kReverting) {
    Revert(episode);
  }
  return episode.LastInForce() == nullptr;
}

}  // namespace forewarn::experiments
