// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "webhook/guard/guard_rails.h"

namespace forewarn::guard {

// After something was done to a domain about a fault, and undone, it is left alone for a while. From the journal, so
// that a restart forgets nothing.
std::optional<std::string> CoolDownRefuses(const Question& question) {
  const journal::Episode& episode = question.episode;
  journal::Filter filter;
  filter.uuid = episode.uuid;
  filter.fault = episode.fault;
  filter.closed_since = question.now - std::chrono::duration_cast<base::WallTime::duration>(question.settings.cooldown);
  auto recent = question.journal.Find(filter);
  if (!recent) return "the journal cannot say what was done before: " + recent.error().message;
  for (const journal::Episode& before : *recent) {
    const bool acted = std::any_of(before.changes.begin(), before.changes.end(),
                                   [](const journal::Change& change) { return change.applied.has_value(); });
    if (before.id != episode.id && before.purpose == episode.purpose && acted) {
      return "episode " + std::to_string(before.id) + " ended less than the cool-down ago";
    }
  }
  return std::nullopt;
}

}  // namespace forewarn::guard
