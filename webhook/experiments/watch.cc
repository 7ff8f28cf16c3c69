// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "common/log/log.h"
#include "webhook/engine/telemetry.h"
#include "webhook/experiments/conditions.h"
#include "webhook/experiments/reasons.h"
#include "webhook/experiments/trial.h"

// What is watched while something is injected, and the dealings with the target.
namespace forewarn::experiments {

using journal::Change;
using journal::Episode;
using journal::Experiment;
using journal::Phase;
using journal::Verdict;

std::optional<Trial::Next> Trial::Stopped(Episode& episode) {
  if (auto ours = parts_.claims.Check(episode); !ours && ours.error().message.starts_with(journal::kFenced)) {
    return changes_.Drop(episode);
  }
  auto why = WhyToStop(episode);
  if (!why) return std::nullopt;
  return Conclude(episode, *why);
}

std::optional<Trial::Ruling> Trial::WhyToStop(const Episode& episode) const {
  const Experiment& trial = *episode.experiment;
  if (parts_.kill_switch.Read().engaged) return Ruling{Verdict::kAborted, "kill_switch"};
  if (TemplateOf(episode) == nullptr || StepOf(episode) == nullptr) {
    return Ruling{Verdict::kAborted, "the configuration has changed"};
  }
  if (trial.ends && Passed(trial.ends)) return Ruling{Verdict::kAborted, kExpired};
  auto stop = Holding(Watch(), TemplateOf(episode)->stop, trial.target.domain);
  if (!stop) return Ruling{Verdict::kAborted, std::string(kTelemetryAway) + ": " + stop.error().message};
  if (*stop) return Ruling{Verdict::kAborted, std::string(kStopCondition) + ": " + **stop};
  return WhatBefellTarget(episode);
}

// A marker is gone with the run of the domain that it was written to, or with its undoing by somebody else.
std::optional<Trial::Ruling> Trial::WhatBefellTarget(const Episode& episode) const {
  for (const Change& change : episode.changes) {
    if (!change.InForce() || &episode.Lowest(change) != &change) continue;
    auto marked = changes_.Marked(episode, change);
    if (marked && *marked) continue;
    if (!marked && marked.error().code != base::ErrorCode::kNotFound) continue;  // asked again soon; its TTL goes on
    const std::string who =
        change.subject.domain + (marked ? " has lost the marker of " + change.actuator : " is gone");
    return Ruling{Verdict::kAborted, std::string(marked ? kTargetChanged : kTargetGone) + ": " + who};
  }
  return std::nullopt;
}

// Record, then effects; the kill switch before each.
std::optional<Trial::Ruling> Trial::Carry(Episode& episode, std::vector<Change> planned) {
  const std::size_t first = episode.changes.size();
  for (Change& change : planned) {
    change.intended = parts_.clock.Now();
    episode.changes.push_back(std::move(change));
  }
  episode.state = journal::State::kRecorded;
  if (auto recorded = parts_.journal.Save(episode); !recorded) {
    episode.changes.resize(first);
    return Ruling{Verdict::kAborted, std::string(kNotRecorded) + ": " + recorded.error().message};
  }
  for (std::size_t i = first; i < episode.changes.size(); ++i) {
    if (parts_.kill_switch.Read().engaged) return Ruling{Verdict::kAborted, "kill_switch"};
    if (auto applied = changes_.Apply(episode, episode.changes[i]); !applied) {
      const bool injection = episode.changes[i].injection;
      return Ruling{injection ? Verdict::kAborted : Verdict::kFailed,
                    (injection ? std::string(kCannotInject) : "apply_failed") + ": " + applied.error().message};
    }
  }
  episode.state = journal::State::kApplied;
  return std::nullopt;
}

base::Result<void> Trial::UndoAll(Episode& episode) const {
  for (auto change = episode.changes.rbegin(); change != episode.changes.rend(); ++change) {
    if (!change->InForce()) continue;
    if (auto undone = changes_.Undo(episode, *change); !undone) return undone;
  }
  return {};
}

// As much as the policy asks for, or at least half of what the injection had added.
bool Trial::Eased(const Experiment& trial, double symptom, double relieved_ratio) const {
  const double shown = trial.verify_shown.value_or(0), calm = trial.verify_calm.value_or(shown);
  return symptom <= std::max(shown * relieved_ratio, calm < shown ? (calm + shown) / 2 : 0);
}

void Trial::Cover(const Episode& episode) const {
  const Experiment& trial = *episode.experiment;
  const bool marked = trial.phase > Phase::kSteady && trial.phase < Phase::kOver;
  parts_.metrics.Covers(episode.id, episode.fault,
                        marked ? std::set(trial.covers.begin(), trial.covers.end()) : std::set<std::string>());
}

void Trial::Note(Episode& episode, const std::string& what, std::optional<double> symptom) const {
  episode.experiment->events.push_back({parts_.clock.Now(), what, symptom});
  log::Info("experiment", {{"episode", std::to_string(episode.id)},
                           {"fault", episode.fault},
                           {"target", episode.experiment->target.domain},
                           {"what", what}});
}

base::Result<double> Trial::Symptom(const Episode& episode, engine::Bound bound) const {
  const Template* one = TemplateOf(episode);
  if (one == nullptr || one->symptom.empty()) return Verified(episode, bound);
  return engine::SymptomOver(Watch(), {one->symptom, {}}, episode.experiment->target.domain, one->window, bound);
}

base::Result<double> Trial::Verified(const Episode& episode, engine::Bound bound) const {
  const Template* one = TemplateOf(episode);
  const plan::Step* step = StepOf(episode);
  if (one == nullptr || step == nullptr)
    return base::Error{base::ErrorCode::kNotFound, "the configuration has changed"};
  return engine::SymptomOver(Watch(), step->verify, episode.experiment->target.domain, one->window, bound);
}

promql::Client& Trial::Watch() const { return parts_.watch == nullptr ? parts_.telemetry : *parts_.watch; }

bool Trial::Passed(const journal::OptionalTime& deadline) const { return deadline && parts_.clock.Now() >= *deadline; }

}  // namespace forewarn::experiments
