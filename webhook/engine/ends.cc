// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "common/log/log.h"
#include "webhook/actuators/actuators.h"
#include "webhook/engine/pipe.h"
#include "webhook/engine/reasons.h"

// How a step ends, and an episode.
namespace forewarn::engine {

using journal::Change;
using journal::Episode;
using journal::Outcome;
using journal::State;

namespace {

bool Compensable(const Change& change) {
  const actuators::ActuatorKind* kind = actuators::FindKind(change.actuator);
  return kind != nullptr && kind->reversal == actuators::Reversal::kCompensable;
}

}  // namespace

// The step didn't help: undone, on record before that begins.
Pipe::Next Pipe::GiveUpStep(Episode& episode, Outcome outcome, const std::string& reason) {
  for (Change& change : episode.changes) {
    if (!change.Pending()) continue;
    change.outcome = outcome;
    change.reason = reason;
    if (change.lasting) {
      parts_.metrics.Paged(kPageLasting);
      log::Error("what cannot be undone didn't help, or was cut off",
                 {{"domain", episode.domain}, {"actuator", change.actuator}});
    }
    Ended(episode, change);
    changes_.Log(episode, change, "gave up");
  }
  episode.outcome = outcome;
  episode.reason = reason;
  const bool others_stay = std::any_of(episode.changes.begin(), episode.changes.end(), [](const Change& change) {
    return change.InForce() && change.outcome == Outcome::kRelieved;
  });
  if (!others_stay) episode.expiry.reset();
  episode.state = State::kReverting;
  changes_.Save(episode);
  return Undo(episode);
}

// A migration isn't undone by another only because time has passed, or while everything is to be stopped.
void Pipe::LetStand(Episode& episode) {
  for (Change& change : episode.changes) {
    if (change.InForce() && Compensable(change)) change.lasting = true;
  }
}

Pipe::Next Pipe::UndoAll(Episode& episode, const std::string& reason) {
  episode.expiry.reset();
  for (Change& change : episode.changes) {
    if (!change.Pending()) continue;
    change.outcome = Outcome::kUnverifiable;
    change.reason = reason;
    Ended(episode, change);
  }
  if (episode.outcome == Outcome::kNone) episode.outcome = Outcome::kUnverifiable;
  episode.reason = reason;
  episode.state = State::kReverting;
  changes_.Save(episode);
  return Undo(episode);
}

// What helped before stays held; else the next step, if the last one was tried and failed; else the end.
Pipe::Next Pipe::AfterUndo(Episode& episode) {
  if (episode.LastInForce() != nullptr) {
    episode.state = State::kHeld;
    episode.outcome = Outcome::kRelieved;
    episode.deadline = changes_.After(std::chrono::minutes(1));
    changes_.Save(episode);
    return base::Duration::zero();
  }
  const bool failed = episode.outcome == Outcome::kIneffective || episode.outcome == Outcome::kHarmful ||
                      episode.reason.starts_with("apply_failed");
  const bool once_more = episode.reason == kInterrupted && !Tried(episode, episode.step);
  if (!failed && !once_more) return changes_.Close(episode);
  episode.step = NextStep(episode);
  if (StepOf(episode) == nullptr) {
    parts_.metrics.Paged(kPageExhausted);
    log::Error("no step of the plan helped", {{"domain", episode.domain}, {"fault", episode.fault}});
    return changes_.Close(episode);
  }
  episode.state = State::kPlanned;
  changes_.Save(episode);
  return base::Duration::zero();
}

void Pipe::ForgetPlan(Episode& episode) {
  std::erase_if(episode.changes,
                [](const Change& change) { return change.outcome == Outcome::kNone && !change.intended; });
}

const plan::Step* Pipe::StepOf(const Episode& episode) const {
  const auto& steps = rules_->policies.For(episode.fault).steps;
  const auto step = static_cast<std::size_t>(episode.step);
  return step < steps.size() ? &steps[step] : nullptr;
}

}  // namespace forewarn::engine
