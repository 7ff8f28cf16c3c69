// SPDX-License-Identifier: Apache-2.0
#include "webhook/guard/guard_rails.h"

namespace forewarn::guard {

// What an experiment of ours causes is no fault to be mitigated.
std::optional<std::string> ExperimentRefuses(const Question& question) {
  if (question.episode.purpose == alerts::kExperiment) return std::nullopt;
  if (!question.in_force) return "the journal cannot say: " + question.in_force.error().message;
  for (const journal::Episode& other : *question.in_force) {
    if (other.purpose == alerts::kExperiment && other.domain == question.episode.domain) {
      return "episode " + std::to_string(other.id) + " is an experiment on it";
    }
  }
  return std::nullopt;
}

}  // namespace forewarn::guard
