// SPDX-License-Identifier: Apache-2.0
#include "tests/campaigns/kills/plans.h"

namespace forewarn::crash {
namespace {

constexpr double kBefore = 1, kRelieved = 0.1, kWorse = 3;

bool Changed(const View& view) { return view.iops != kIops || view.memory_kib != kMemoryKib; }
double WhenChanged(const View& view) { return Changed(view) ? kRelieved : kBefore; }
double ByMemory(const View& view) { return view.memory_kib != kMemoryKib ? kRelieved : kBefore; }
double ByDisk(const View& view) { return view.iops != kIops ? kRelieved : kBefore; }
double Never(const View&) { return kBefore; }
double Worse(const View& view) { return Changed(view) ? kWorse : kBefore; }

}  // namespace

const std::vector<Plan>& Plans() {
  static const std::vector<Plan> plans{
      {"Relieved", "[disk_io]", "10m", ByDisk, 1, 0},
      {"Expiring", "[disk_io]", "1s", ByDisk, 1, 1},
      {"Ineffective", "[disk_io]", "10m", Never, 0, 1},
      {"TwoSteps", "[disk_io, memory]", "10m", ByMemory, 1, 0, false},
      {"Together", "[[disk_io, memory]]", "10m", WhenChanged, 2, 0, false},
      {"Harmful", "[[memory, disk_io]]", "10m", Worse, 0, 1, false},
  };
  return plans;
}

const Plan* FindPlan(std::string_view fault) {
  for (const Plan& plan : Plans()) {
    if (plan.fault == fault) return &plan;
  }
  return nullptr;
}

std::vector<Scenario> Scenarios() {
  std::vector<Scenario> scenarios;
  Scenario all{"all at once", {}};
  for (const Plan& plan : Plans()) {
    scenarios.push_back({std::string(plan.fault), {&plan}});
    all.plans.push_back(&plan);
  }
  scenarios.push_back(all);
  scenarios.push_back({"kill switch", all.plans, Scenario::Also::kKillSwitch});
  scenarios.push_back({"crash in the recovery", all.plans, Scenario::Also::kEarlierCrash});
  return scenarios;
}

std::string Configuration(const Addresses& addresses) {
  std::string text = "source: {url: '" + addresses.telemetry + "', timeout: 20s}\njournal: {path: " + addresses.folder +
                     "/journal.db}\nkill_switch: {file: " + addresses.folder +
                     "/kill}\nhypervisors: [{name: host1, uri: '" + addresses.hypervisor +
                     "'}]\ntargets: [{domain: '.*'}]\nguard: {allow: ['.*'], cooldown: 1h, max_in_force: 1000, "
                     "max_in_force_per_hypervisor: 1000, max_per_hour: 100000, fleet_budget: 1, minimum_healthy: 0, "
                     "max_fleet_predicted: 1, circuit_breaker: {failures: 1000}}\npolicies:\n";
  for (const Plan& plan : Plans()) {
    text += "  " + std::string(plan.fault) + ": {mode: act, steps: " + std::string(plan.steps) +
            ", expiry: " + std::string(plan.expiry) +
            ", verify: {expr: 'symptom{domain=\"$domain\"}', deadline: 600ms}}\n";
  }
  return text;
}

}  // namespace forewarn::crash
