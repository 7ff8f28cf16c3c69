// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/demo/scenario.h"

#include <algorithm>

namespace forewarn::demo {
namespace {

using std::chrono::seconds;

Scenario DiskContention() {
  Scenario scenario;
  scenario.fault = "DiskContention";
  scenario.cause = "disk requests from 20/s to 190/s within 90 s, where the disk may do 150/s";
  scenario.rest = "disk 20 20 0";
  scenario.load = "disk 20 190 90";
  scenario.patience = seconds(150);
  scenario.after = seconds(15);
  scenario.memory_mib = scenario.max_memory_mib = 192;
  scenario.iops_limit = 150;
  scenario.policy =
      "{mode: act, steps: [disk_io], expiry: 10m, verify: {deadline: 15s, relieved_ratio: 0.9, harmful_ratio: 2, expr: "
      "'rate(node_disk_io_time_seconds_total{domain=\"$domain\",device=\"vda\"}[4s])'}}";
  scenario.limits = "{disk_io: {total_iops_sec: [50, 600]}}";
  scenario.signal = "disk busy";
  scenario.signal_query = "rate(node_disk_io_time_seconds_total{device=\"vda\"}[4s])";
  return scenario;
}

// Memory first, to buy time; then the standby takes over. Relieved: the guest that leaks serves fewer requests.
Scenario MemoryLeak() {
  Scenario scenario;
  scenario.fault = "MemoryLeak";
  scenario.cause = "the service leaks 1.2 MiB/s, where 105 MiB are free";
  scenario.rest = "leak 0";
  scenario.load = "leak 1.2";
  scenario.patience = seconds(200);
  scenario.after = seconds(60);  // until what was bought with memory is used up, too
  scenario.memory_mib = 192;
  scenario.max_memory_mib = 256;
  scenario.standby = true;
  scenario.policy =
      "{mode: act, steps: [[memory, standby, traffic]], expiry: 10m, verify: {deadline: 20s, relieved_ratio: 0.5, "
      "expr: "
      "'sum by (proxy) (rate(haproxy_server_http_responses_total{proxy=\"$domain\",server=\"primary\"}[5s]))'}}";
  scenario.limits = "{memory: {mib: [128, 256]}}";
  scenario.signal = "memory used";
  scenario.signal_query = "1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes";
  return scenario;
}

const std::vector<Scenario>& Scenarios() {
  static const std::vector<Scenario> scenarios = {DiskContention(), MemoryLeak()};
  return scenarios;
}

}  // namespace

std::vector<std::string> ScenarioNames() {
  std::vector<std::string> names;
  for (const Scenario& scenario : Scenarios()) names.push_back(scenario.fault);
  return names;
}

const Scenario& FindScenario(const std::string& fault) {
  return *std::find_if(Scenarios().begin(), Scenarios().end(), [&](const auto& one) { return one.fault == fault; });
}

}  // namespace forewarn::demo
