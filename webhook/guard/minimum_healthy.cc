// SPDX-License-Identifier: Apache-2.0
#include "webhook/guard/guard_rails.h"

namespace forewarn::guard {

// Of those that do the same work, enough must be well without the target: predicted or being acted on is not well, and
// what can't be told isn't either.
std::optional<std::string> MinimumHealthyRefuses(const Question& question) {
  const auto target = question.targets.Find(question.episode.domain);
  if (!target || target->target_class.empty()) return std::nullopt;
  if (!question.fleet) return "telemetry cannot say who is healthy: " + question.fleet.error().message;
  if (!question.in_force) return "the journal cannot say: " + question.in_force.error().message;
  const auto peers = (*question.fleet)->by_class.find(target->target_class);
  if (peers == (*question.fleet)->by_class.end()) return std::nullopt;
  const std::set<std::string> occupied = Occupied(question);
  std::size_t others = 0, healthy = 0;
  for (const std::string& peer : peers->second) {
    if (peer == question.episode.domain) continue;
    ++others;
    if (!(*question.fleet)->predicted.contains(peer) && !occupied.contains(peer)) ++healthy;
  }
  const double least = question.settings.minimum_healthy * static_cast<double>(others);
  if (static_cast<double>(healthy) >= least) return std::nullopt;
  return "only " + std::to_string(healthy) + " of " + std::to_string(others) + " others of class " +
         target->target_class + " are healthy";
}

}  // namespace forewarn::guard
