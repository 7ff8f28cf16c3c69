// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "tests/testbed/machine.h"

// The faults whose mitigations are rehearsed on a canary, and what its operator would have configured.
namespace forewarn::rehearsals {

inline constexpr const char* kCanary = "canary";
inline constexpr const char* kStandby = "canary-standby";
inline constexpr const char* kDomain = "web";  // on whose behalf; there is no need for it to run

struct Case {
  std::string fault;
  testbed::MachineOptions machine;
  std::string load;                             // of the canary, steadily
  bool standby = false;                         // another guest, paused
  std::string limits;                           // YAML flow mapping of the target
  std::string policy, symptom, inject, ladder;  // YAML
};
const std::vector<Case>& Cases();

}  // namespace forewarn::rehearsals
