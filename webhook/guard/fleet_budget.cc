// SPDX-License-Identifier: Apache-2.0
#include "webhook/guard/guard_rails.h"

namespace forewarn::guard {

// Only so many instances of the fleet are changed by us at once.
std::optional<std::string> FleetBudgetRefuses(const Question& question) {
  if (!question.fleet) return "telemetry cannot say how large the fleet is: " + question.fleet.error().message;
  if (!question.in_force) return "the journal cannot say: " + question.in_force.error().message;
  std::set<std::string> occupied = Occupied(question);
  occupied.insert(question.episode.domain);
  const double most = question.settings.fleet_budget * static_cast<double>((*question.fleet)->size);
  if (occupied.size() <= kFew || static_cast<double>(occupied.size()) <= most) return std::nullopt;
  return std::to_string(occupied.size()) + " of " + std::to_string((*question.fleet)->size) +
         " instances would be changed";
}

}  // namespace forewarn::guard
