// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "common/base/clock.h"

namespace forewarn::storms {

// Of one storm: how large the fleet is, what is allowed, and what comes.
struct Weather {
  int domains = 0, classes = 1;
  double fleet_budget = 0, minimum_healthy = 0, max_fleet_predicted = 0;
  int max_in_force = 0, max_in_force_per_hypervisor = 0, max_per_hour = 0;
  double effective = 0;    // the probability that a mitigation relieves
  double unreachable = 0;  // … that telemetry doesn't answer a question
  struct Wave {
    base::Duration at{};
    std::vector<int> struck;  // domains, in the order of their alerts, some twice
  };
  std::vector<Wave> waves;
};

// The same for the same seed.
Weather Forecast(std::uint64_t seed, int domains);

std::string NameOf(int domain);  // vm-0042
std::string ClassOf(int domain, int classes);
std::string HostOf(int domain);                     // host-a or host-b
std::string Configuration(const Weather& weather);  // policies, targets and guard of webhook.yaml

}  // namespace forewarn::storms
