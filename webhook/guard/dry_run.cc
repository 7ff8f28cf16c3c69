// SPDX-License-Identifier: Apache-2.0
#include "webhook/guard/guard_rails.h"

namespace forewarn::guard {

std::optional<std::string> DryRunRefuses(const Question& question) {
  if (question.policy.mode == plan::Mode::kAct) return std::nullopt;
  return "the policy for " + question.episode.fault + " only observes";
}

}  // namespace forewarn::guard
