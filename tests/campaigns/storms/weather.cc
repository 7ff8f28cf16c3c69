// SPDX-License-Identifier: Apache-2.0
#include "tests/campaigns/storms/weather.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <random>
#include <sstream>

namespace forewarn::storms {
namespace {

using Dice = std::mt19937_64;

double Between(Dice& dice, double low, double high) { return std::uniform_real_distribution<double>(low, high)(dice); }
int Between(Dice& dice, int low, int high) { return std::uniform_int_distribution<int>(low, high)(dice); }

// What strikes together has a cause in common: a host, a class, or none.
std::vector<int> Struck(Dice& dice, const Weather& weather) {
  const int cause = Between(dice, 0, 2), which = Between(dice, 0, 1 << 20);
  const double share = std::exp(Between(dice, std::log(0.005), std::log(0.6)));
  std::vector<int> struck;
  for (int domain = 0; domain < weather.domains; ++domain) {
    const bool related = cause == 0 || (cause == 1 && HostOf(domain) == HostOf(which)) ||
                         (cause == 2 && domain % weather.classes == which % weather.classes);
    if (related && Between(dice, 0.0, 1.0) < share) struck.push_back(domain);
  }
  const auto once = struck.size();
  for (std::size_t i = 0; i < once; i += 7) struck.push_back(struck[i]);  // delivered twice
  std::shuffle(struck.begin(), struck.end(), dice);
  return struck;
}

}  // namespace

Weather Forecast(std::uint64_t seed, int domains) {
  Dice dice(seed);
  Weather weather;
  weather.domains = domains;
  weather.classes = Between(dice, 1, 10);
  weather.fleet_budget = Between(dice, 0.0, 0.3);
  weather.minimum_healthy = Between(dice, 0.2, 0.9);
  weather.max_fleet_predicted = Between(dice, 0.05, 1.0);
  weather.max_in_force = Between(dice, 1, 200);
  weather.max_in_force_per_hypervisor = Between(dice, 1, 100);
  weather.max_per_hour = Between(dice, 1, 300);
  weather.effective = Between(dice, 0.0, 1.0);
  weather.unreachable = Between(dice, 0, 3) == 0 ? 0.1 : 0;
  base::Duration at{};
  for (int wave = Between(dice, 1, 3); wave > 0; --wave) {
    weather.waves.push_back({at, Struck(dice, weather)});
    at += std::chrono::seconds(Between(dice, 10, 120));
  }
  return weather;
}

std::string NameOf(int domain) {
  char name[16];
  std::snprintf(name, sizeof name, "vm-%04d", domain);
  return name;
}

std::string ClassOf(int domain, int classes) { return "class" + std::to_string(domain % classes); }

std::string HostOf(int domain) { return domain % 2 == 0 ? "host-a" : "host-b"; }

std::string Configuration(const Weather& weather) {
  std::ostringstream yaml;
  yaml << "policies:\n  MemoryLeak:\n    mode: act\n    steps: [memory]\n    expiry: 30s\n    max_renewals: 0\n"
       << "    verify: {expr: 'symptom{domain=\"$domain\"}', deadline: 4s}\ntargets:\n";
  for (int domain = 0; domain < weather.domains; ++domain) {
    yaml << "- {domain: " << NameOf(domain) << ", class: " << ClassOf(domain, weather.classes)
         << ", limits: {memory: {mib: [64, 512]}}}\n";
  }
  yaml << "guard:\n  allow: ['vm-.*']\n  patience: 1m\n  max_prediction_age: 1h\n"
       << "  fleet_budget: " << weather.fleet_budget << "\n  minimum_healthy: " << weather.minimum_healthy
       << "\n  max_fleet_predicted: " << weather.max_fleet_predicted << "\n  max_in_force: " << weather.max_in_force
       << "\n  max_in_force_per_hypervisor: " << weather.max_in_force_per_hypervisor
       << "\n  max_per_hour: " << weather.max_per_hour << "\n";
  return yaml.str();
}

}  // namespace forewarn::storms
