// SPDX-License-Identifier: Apache-2.0
#include "webhook/guard/guard_rails.h"

namespace forewarn::guard {

// So many faults at once are more likely broken telemetry, or something that is beyond us.
std::optional<std::string> FleetPredictedRefuses(const Question& question) {
  if (!question.fleet) return "telemetry cannot say how many are predicted: " + question.fleet.error().message;
  const Fleet& fleet = **question.fleet;
  const double most = question.settings.max_fleet_predicted * static_cast<double>(fleet.size);
  if (fleet.predicted.size() <= kFew || static_cast<double>(fleet.predicted.size()) <= most) return std::nullopt;
  return "a fault is predicted on " + std::to_string(fleet.predicted.size()) + " of " + std::to_string(fleet.size) +
         " instances at once";
}

}  // namespace forewarn::guard
