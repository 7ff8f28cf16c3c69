// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "webhook/guard/guard_rails.h"

namespace forewarn::guard {

namespace {

constexpr auto kMemory = std::chrono::hours(24);

}  // namespace

// After something was done to a domain about a fault, and undone, it is left alone for a while; twice as long each
// time that it was needed within a day. From the journal, so that a restart forgets nothing.
std::optional<std::string> CoolDownRefuses(const Question& question) {
  const journal::Episode& episode = question.episode;
  if (episode.purpose == alerts::kExperiment) return std::nullopt;  // their repetition is the template's matter
  journal::Filter filter;
  filter.uuid = episode.uuid;
  filter.fault = episode.fault;
  filter.closed_since = question.now - kMemory;
  auto recent = question.journal.Find(filter);
  if (!recent) return "the journal cannot say what was done before: " + recent.error().message;
  base::Duration cool_down = question.settings.cooldown;
  const journal::Episode* last = nullptr;
  for (const journal::Episode& before : *recent) {
    const bool acted = std::any_of(before.changes.begin(), before.changes.end(),
                                   [](const journal::Change& change) { return change.applied.has_value(); });
    if (before.id == episode.id || before.purpose != episode.purpose || !acted) continue;
    if (last != nullptr) cool_down = std::min(cool_down * 2, question.settings.max_cooldown);
    if (last == nullptr || *before.closed > *last->closed) last = &before;
  }
  if (last == nullptr || question.now - *last->closed > cool_down) return std::nullopt;
  return "episode " + std::to_string(last->id) + " ended less than " +
         std::to_string(std::chrono::duration_cast<std::chrono::seconds>(cool_down).count()) + " s ago";
}

}  // namespace forewarn::guard
