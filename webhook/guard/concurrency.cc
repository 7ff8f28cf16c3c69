// SPDX-License-Identifier: Apache-2.0
#include "webhook/guard/guard_rails.h"

namespace forewarn::guard {

std::optional<std::string> ConcurrencyRefuses(const Question& question) {
  if (!question.in_force) return "the journal cannot say: " + question.in_force.error().message;
  int all = 0, on_the_same = 0;
  for (const journal::Episode& other : *question.in_force) {
    if (other.id == question.episode.id) continue;
    ++all;
    if (other.hypervisor == question.episode.hypervisor) ++on_the_same;
  }
  const Settings& settings = question.settings;
  if (all >= settings.max_in_force) return "changes of " + std::to_string(all) + " episodes are in force";
  if (on_the_same >= settings.max_in_force_per_hypervisor) {
    return std::to_string(on_the_same) + " of them on " + question.episode.hypervisor;
  }
  return std::nullopt;
}

}  // namespace forewarn::guard
