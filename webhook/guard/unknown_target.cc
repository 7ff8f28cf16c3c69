// SPDX-License-Identifier: Apache-2.0
#include "webhook/guard/guard_rails.h"

namespace forewarn::guard {

std::optional<std::string> UnknownTargetRefuses(const Question& question) {
  if (question.targets.Find(question.episode.domain)) return std::nullopt;
  return question.episode.domain + " is not in targets";
}

}  // namespace forewarn::guard
