// SPDX-License-Identifier: Apache-2.0
#include "webhook/guard/guard_rails.h"

namespace forewarn::guard {

// An experiment begins only where nothing else is being done.
std::optional<std::string> TargetBusyRefuses(const Question& question) {
  if (question.episode.purpose != alerts::kExperiment) return std::nullopt;
  if (!question.in_force) return "the journal cannot say: " + question.in_force.error().message;
  if (Occupied(question).contains(question.episode.domain)) return "something is changed for it, or on it";
  journal::Filter filter;
  filter.open = true;
  auto open = question.journal.Find(filter);
  if (!open) return "the journal cannot say: " + open.error().message;
  for (const journal::Episode& other : *open) {
    if (other.id == question.episode.id) continue;
    const bool trial = other.experiment && other.experiment->target.domain == question.episode.domain;
    const bool about_it = other.purpose != alerts::kExperiment && other.domain == question.episode.domain;
    if (trial || about_it) return "episode " + std::to_string(other.id) + " is about it";
  }
  return std::nullopt;
}

}  // namespace forewarn::guard
