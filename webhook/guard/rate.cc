// SPDX-License-Identifier: Apache-2.0
#include "webhook/guard/guard_rails.h"

namespace forewarn::guard {

std::optional<std::string> RateRefuses(const Question& question) {
  journal::Filter filter;
  filter.acted_since = question.now - std::chrono::hours(1);
  filter.limit = static_cast<std::size_t>(question.settings.max_per_hour) + 1;
  auto recent = question.journal.Find(filter);
  if (!recent) return "the journal cannot say what was done before: " + recent.error().message;
  int count = 0;
  for (const journal::Episode& other : *recent) count += other.id == question.episode.id ? 0 : 1;
  if (count < question.settings.max_per_hour) return std::nullopt;
  return std::to_string(count) + " episodes changed something in the last hour";
}

}  // namespace forewarn::guard
