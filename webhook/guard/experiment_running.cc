// SPDX-License-Identifier: Apache-2.0
#include "webhook/guard/guard_rails.h"

namespace forewarn::guard {
namespace {

bool TimeIsShort(const Question& question) { return TooLateToWait(question.episode, question.now); }

// Whether what the experiment does can show on the domain, or may tell what helps it.
bool Concerns(const journal::Episode& trial, const Question& question) {
  const journal::Experiment& experiment = *trial.experiment;
  const journal::Episode& episode = question.episode;
  if (experiment.phase < journal::Phase::kAnnounced || experiment.target.domain.empty()) return false;
  const bool on_it = experiment.target.domain == episode.domain;
  // Its prediction was there before: what it waits for is the verdict, and not if that would come too late.
  if (trial.domain == episode.domain && trial.fault == episode.fault) {
    return experiment.phase < journal::Phase::kCooling && (on_it || !TimeIsShort(question));
  }
  return on_it || experiment.target.hypervisor == episode.hypervisor;
}

}  // namespace

bool TooLateToWait(const journal::Episode& episode, base::WallTime now) {
  constexpr base::Duration kShort = std::chrono::seconds(20);
  return episode.prediction && episode.prediction->expected && *episode.prediction->expected - now < kShort;
}

// What an experiment of ours causes is no fault to be mitigated, and what is being tried isn't used yet.
std::optional<std::string> ExperimentRefuses(const Question& question) {
  if (question.episode.purpose == alerts::kExperiment) return std::nullopt;
  journal::Filter filter;
  filter.purpose = alerts::kExperiment;
  filter.open = true;
  auto trials = question.journal.Find(filter);
  if (!trials) return "the journal cannot say: " + trials.error().message;
  for (const journal::Episode& trial : *trials) {
    if (trial.experiment && Concerns(trial, question)) {
      return "experiment " + std::to_string(trial.id) + " is " + std::string(Name(trial.experiment->phase)) + " on " +
             trial.experiment->target.domain;
    }
  }
  return std::nullopt;
}

}  // namespace forewarn::guard
