// SPDX-License-Identifier: Apache-2.0
#include "webhook/guard/guard_rails.h"

namespace forewarn::guard {

std::optional<std::string> AllowListRefuses(const Question& question) {
  if (question.settings.allow.Match(question.episode.domain)) return std::nullopt;
  return question.episode.domain + " is not in guard.allow";
}

}  // namespace forewarn::guard
