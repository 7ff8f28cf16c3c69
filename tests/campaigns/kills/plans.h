// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/campaigns/kills/subjects.h"

namespace forewarn::crash {

// A fault whose plan ends in one way, by what its domain's symptom does.
struct Plan {
  std::string_view fault;
  std::string_view steps;   // as in a policy
  std::string_view expiry;  // likewise
  double (*symptom)(const View&);
  int verified = 0, closed = 0;  // how often the log says so until the plan has ended
  bool real = true;              // whether it needs no more than QEMU without a guest has
};
const std::vector<Plan>& Plans();
const Plan* FindPlan(std::string_view fault);

// Alerts that come together, and what happens until the webhook dies.
struct Scenario {
  std::string name;
  std::vector<const Plan*> plans;
  enum class Also { kNothing, kKillSwitch, kEarlierCrash } also = Also::kNothing;
};
std::vector<Scenario> Scenarios();

// webhook.yaml for them.
struct Addresses {
  std::string folder, telemetry, hypervisor;
};
std::string Configuration(const Addresses& addresses);

}  // namespace forewarn::crash
