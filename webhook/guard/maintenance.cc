// SPDX-License-Identifier: Apache-2.0
#include "webhook/guard/guard_rails.h"

namespace forewarn::guard {
namespace {

bool Contains(const Window& window, base::WallTime now) {
  if (!window.daily) return now >= window.begin && now < window.end;
  const auto today = now - std::chrono::floor<std::chrono::days>(now);
  const auto begin = window.begin.time_since_epoch(), end = window.end.time_since_epoch();
  return begin <= end ? today >= begin && today < end : today >= begin || today < end;
}

}  // namespace

// Somebody works on these domains: what they do looks like a fault, and what we do would surprise them.
std::optional<std::string> MaintenanceRefuses(const Question& question) {
  for (const Window& window : question.settings.maintenance) {
    if (Contains(window, question.now) && window.domains.Match(question.episode.domain)) {
      return "the domain is under maintenance";
    }
  }
  return std::nullopt;
}

}  // namespace forewarn::guard
