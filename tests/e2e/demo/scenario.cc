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
  scenario.iops_limit = 150;
  scenario.policy =
      "{mode: act, steps: [disk_io], expiry: 10m, verify: {deadline: 15s, relieved_ratio: 0.9, harmful_ratio: 2, expr: "
      "'rate(node_disk_io_time_seconds_total{domain=\"$domain\",device=\"vda\"}[4s])'}}";
  scenario.limits = "{disk_io: {total_iops_sec: [50, 600]}}";
  scenario.signal = "disk busy";
  scenario.signal_query = "rate(node_disk_io_time_seconds_total{device=\"vda\"}[4s])";
  return scenario;
}

// The canary does steadily what the twins grow to. Its limit is lowered to where that is too much.
Scenario RehearsedDiskContention() {
  Scenario scenario = DiskContention();
  scenario.cause = "disk requests from 20/s to 190/s within 180 s, where the disk may do 150/s";
  scenario.load = "disk 20 190 180";
  scenario.patience = seconds(240);
  scenario.canary_load = "disk 110 110 0";
  scenario.policy =
      "{mode: act, require_experiment: true, steps: [disk_io], expiry: 10m, verify: {deadline: 15s, relieved_ratio: "
      "0.9, harmful_ratio: 2, expr: "
      "'rate(node_disk_io_time_seconds_total{domain=\"$domain\",device=\"vda\"}[4s])'}}";
  scenario.experiment =
      "{name: disk-on-canary, fault: DiskContention, mode: act, on: [canary], inject: [disk_io], ladder: [0.2, 0.4, "
      "0.6, 0.8], window: 8s, show_deadline: 8s, settle_deadline: 20s, ttl: 90s, steady_state: "
      "['min(up{domain=\"$domain\"}) == 1'], stop: ['min(up{domain=\"$domain\"}) == 0']}";
  return scenario;
}

// More memory can be given, and helps no disk: known before the fault comes.
Scenario MisguidedDiskContention() {
  Scenario scenario = RehearsedDiskContention();
  scenario.cause = DiskContention().cause;
  scenario.load = DiskContention().load;
  scenario.patience = DiskContention().patience;
  scenario.rehearsals = 2;
  scenario.max_memory_mib = 256;
  scenario.limits = "{disk_io: {total_iops_sec: [50, 600]}, memory: {mib: [128, 256]}}";
  const std::string steps = "steps: [disk_io]";
  scenario.policy.replace(scenario.policy.find(steps), steps.size(), "steps: [memory, disk_io]");
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

// What nothing on the host can cure is taken out of the service's way: the standby takes over. Relieved: the guest with
// the fault serves fewer requests.
Scenario TakenOver(std::string fault, std::string cause) {
  Scenario scenario;
  scenario.fault = std::move(fault);
  scenario.cause = std::move(cause);
  scenario.standby = true;
  scenario.policy =
      "{mode: act, steps: [[standby, traffic]], expiry: 10m, verify: {deadline: 20s, relieved_ratio: 0.5, "
      "expr: "
      "'sum by (proxy) (rate(haproxy_server_http_responses_total{proxy=\"$domain\",server=\"primary\"}[5s]))'}}";
  scenario.limits = "{}";
  return scenario;
}

std::string Command(const char* verb, double number) { return std::string(verb) + " " + std::to_string(number); }

Scenario CpuSaturation() {
  Scenario scenario = TakenOver("CpuSaturation", "the guest computes, up to eighty times what it has, within 150 s");
  scenario.rest = scenario.load = "cpu 5";
  scenario.ramp = seconds(150);
  scenario.patience = seconds(200);
  scenario.grow = [](double grown) { return std::vector{Command("cpu", 5 + 7995 * grown)}; };
  scenario.signal = "CPU busy";
  scenario.signal_query = "1 - rate(node_cpu_seconds_total{mode=\"idle\"}[4s])";
  return scenario;
}

Scenario CpuDenied() {
  Scenario scenario;
  scenario.fault = "CpuDenied";
  scenario.cause = "the host takes 3 % of the guest's CPU quota each second, from 60 % of a core down to 8 %";
  scenario.rest = scenario.load = "cpu 25";
  scenario.ramp = seconds(65);
  scenario.squeeze = 0.97;
  scenario.cpu_quota = 60;
  scenario.policy =
      "{mode: act, steps: [cpu_quota], expiry: 10m, verify: {deadline: 20s, relieved_ratio: 0.9, harmful_ratio: 3, "
      "expr: 'forewarn_signal_anomaly_score{domain=\"$domain\",signal=\"cpu_denied\"}'}}";
  scenario.limits = "{cpu_quota: {ratio: [0.1, 2]}}";
  scenario.signal = "CPU busy";
  scenario.signal_query = "1 - rate(node_cpu_seconds_total{mode=\"idle\"}[4s])";
  return scenario;
}

Scenario NetworkDegradation() {
  Scenario scenario =
      TakenOver("NetworkDegradation", "packets come up to 200 ms late and 10 % not at all, within 120 s");
  scenario.probed = true;
  scenario.data_mib = 24;  // a guest with it has the queue that impairs, too
  scenario.rest = "cpu 3";
  scenario.load = "impair 5 1";
  scenario.patience = seconds(200);
  scenario.ramp = seconds(120);
  scenario.grow = [](double grown) {
    return std::vector{Command("impair", 5 + 195 * grown) + Command("", 1 + 9 * grown)};
  };
  scenario.signal = "probe time";
  scenario.signal_query = "label_replace(probe_duration_seconds, \"domain\", \"$1\", \"service\", \"(.*)\")";
  return scenario;
}

Scenario ErrorBurst() {
  Scenario scenario =
      TakenOver("ErrorBurst", "the service logs errors and fails, up to 70 % of its requests, within 60 s");
  scenario.rest = scenario.load = "fail 0";
  scenario.ramp = seconds(60);
  scenario.grow = [](double grown) {
    return std::vector{Command("errors", 0.2 + 15 * grown), Command("fail", 70 * grown)};
  };
  scenario.signal = "errors logged";
  scenario.signal_query = "forewarn_signal_anomaly_score{signal=\"error_log_rate\"}";
  return scenario;
}

Scenario DiskFull() {
  Scenario scenario = TakenOver("DiskFull", "a file grows by 0.5 MiB/s, where 24 MiB are free and the service logs");
  scenario.data_mib = 24;
  scenario.rest = "cpu 3";
  scenario.load = "fill 0.5";
  scenario.signal = "disk used";
  scenario.signal_query =
      "1 - node_filesystem_avail_bytes{mountpoint=\"/data\"} / node_filesystem_size_bytes{mountpoint=\"/data\"}";
  return scenario;
}

const std::vector<Scenario>& Scenarios() {
  static const std::vector<Scenario> scenarios = {DiskContention(),     MemoryLeak(), CpuSaturation(), CpuDenied(),
                                                  NetworkDegradation(), ErrorBurst(), DiskFull()};
  return scenarios;
}

}  // namespace

const Scenario* FindRehearsed(const std::string& fault) {
  static const Scenario disk = RehearsedDiskContention();
  return fault == disk.fault ? &disk : nullptr;
}

const Scenario* FindMisguided(const std::string& fault) {
  static const Scenario disk = MisguidedDiskContention();
  return fault == disk.fault ? &disk : nullptr;
}

std::vector<std::string> ScenarioNames() {
  std::vector<std::string> names;
  for (const Scenario& scenario : Scenarios()) names.push_back(scenario.fault);
  return names;
}

const Scenario& FindScenario(const std::string& fault) {
  return *std::find_if(Scenarios().begin(), Scenarios().end(), [&](const auto& one) { return one.fault == fault; });
}

}  // namespace forewarn::demo
