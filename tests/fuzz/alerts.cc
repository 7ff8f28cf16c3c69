// SPDX-License-Identifier: Apache-2.0
// What Alertmanager may be made to send.
#include "tests/fuzz/target.h"
#include "webhook/alerts/alert.h"
#include "webhook/alerts/names.h"

namespace forewarn::fuzz {

void Feed(std::string_view input) {
  const auto parsed = alerts::Parse(input);
  if (!parsed) return;
  for (const alerts::Alert& alert : parsed->alerts) {
    Require(alerts::IsDomainName(alert.domain) && alerts::IsFaultName(alert.fault));
    Require(alert.fingerprint.size() == 16);
  }
}

}  // namespace forewarn::fuzz
