// SPDX-License-Identifier: Apache-2.0
// webhook.yaml's policies, targets and guard rails.
#include "webhook/plan/policy.h"

#include "tests/fuzz/target.h"
#include "webhook/guard/guard_rails.h"
#include "webhook/plan/targets.h"

namespace forewarn::fuzz {

void Feed(std::string_view input) {
  const auto document = config::Document::Parse("fuzz.yaml", input);
  if (!document) return;
  const config::Map root = document->Root().AsMap();
  plan::Policies policies;
  plan::Targets targets;
  if (const auto node = root.Find("policies")) policies = plan::Policies::Decode(*node);
  if (const auto node = root.Find("targets")) targets = plan::Targets::Decode(*node, {{"lb"}, {"host-a"}});
  if (const auto node = root.Find("guard")) static_cast<void>(guard::DecodeSettings(node->AsMap()));
  if (!document->Finish()) return;
  static_cast<void>(targets.Find("web-1"));
  for (const plan::Step& step : policies.For("DiskContention").steps) {
    Require(!step.actuators.empty());
    static_cast<void>(plan::ExprFor(step.verify, "web-1"));
  }
}

}  // namespace forewarn::fuzz
