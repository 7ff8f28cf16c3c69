// SPDX-License-Identifier: Apache-2.0
#include "webhook/guard/guard_rails.h"

namespace forewarn::guard {

// A mitigation that failed so often in a row doesn't understand the fault.
std::optional<std::string> CircuitBreakerRefuses(const Question& question) {
  const Settings& settings = question.settings;
  const auto since = question.now - std::chrono::duration_cast<base::WallTime::duration>(settings.breaker_reset);
  journal::Filter filter;
  filter.fault = question.episode.fault;
  filter.purpose = question.episode.purpose;
  filter.open = false;
  filter.closed_since = since;
  filter.acted_since = since - std::chrono::hours(24);  // that something was done at all
  filter.limit = static_cast<std::size_t>(settings.breaker_failures);
  auto last = question.journal.Find(filter);
  if (!last) return "the journal cannot say what was done before: " + last.error().message;
  if (last->size() < filter.limit) return std::nullopt;
  for (const journal::Episode& before : *last) {
    using journal::Outcome;
    const bool failed = before.outcome == Outcome::kIneffective || before.outcome == Outcome::kHarmful;
    if (!failed) return std::nullopt;
  }
  return "the last " + std::to_string(last->size()) + " mitigations of " + question.episode.fault + " failed";
}

}  // namespace forewarn::guard
