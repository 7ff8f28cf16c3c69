// SPDX-License-Identifier: Apache-2.0
#include "tests/campaigns/rehearsals/cases.h"

namespace forewarn::rehearsals {
namespace {

Case DiskContention() {
  Case one;
  one.fault = "DiskContention";
  one.machine.iops_limit = 150;
  one.load = "disk 110 110 0";
  one.limits = "{disk_io: {total_iops_sec: [20, 600]}}";
  one.symptom = "rate(node_disk_io_time_seconds_total{domain=\"$domain\",device=\"vda\"}[4s])";
  one.policy = "steps: [disk_io], verify: {deadline: 15s, relieved_ratio: 0.8, expr: '" + one.symptom + "'}";
  one.inject = "disk_io";
  one.ladder = "[0.2, 0.4, 0.6]";
  return one;
}

// What the guest does not get of its quota makes its users wait.
Case CpuSaturation() {
  Case one;
  one.fault = "CpuSaturation";
  one.machine.cpu_quota = 60;
  one.load = "cpu 20";
  one.limits = "{cpu_quota: {ratio: [0.05, 2]}}";
  one.symptom = "1 - avg without (cpu) (rate(node_cpu_seconds_total{domain=\"$domain\",mode=\"idle\"}[4s]))";
  one.policy = "steps: [cpu_quota], verify: {deadline: 15s, relieved_ratio: 0.8, expr: '" + one.symptom + "'}";
  one.inject = "cpu_quota";
  one.ladder = "[0.2, 0.4, 0.6, 0.8]";
  return one;
}

Case MemoryLeak() {
  Case one;
  one.fault = "MemoryLeak";
  one.machine.memory_mib = 192;
  one.machine.max_memory_mib = 256;
  one.load = "cpu 3";
  one.limits = "{memory: {mib: [96, 256]}}";
  one.symptom =
      "1 - node_memory_MemAvailable_bytes{domain=\"$domain\"} / node_memory_MemTotal_bytes{domain=\"$domain\"}";
  one.policy = "steps: [memory], verify: {deadline: 15s, relieved_ratio: 0.8, expr: '" + one.symptom + "'}";
  one.inject = "memory";
  one.ladder = "[0.2, 0.4, 0.6]";
  return one;
}

// The standby takes over; what its users see is the symptom.
Case NetworkDegradation() {
  Case one;
  one.fault = "NetworkDegradation";
  one.standby = true;
  one.load = "cpu 3";
  one.limits = "{}";
  one.symptom =
      "avg_over_time(probe_duration_seconds{domain=\"$domain\"}[4s]) + 1 - "
      "avg_over_time(probe_success{domain=\"$domain\"}[4s])";
  one.policy = "steps: [[standby, traffic]], verify: {deadline: 20s, relieved_ratio: 0.7, expr: '" + one.symptom + "'}";
  one.inject = "network";
  one.ladder = "[0.2, 0.4, 0.6]";
  return one;
}

}  // namespace

const std::vector<Case>& Cases() {
  static const std::vector<Case> cases = {DiskContention(), CpuSaturation(), MemoryLeak(), NetworkDegradation()};
  return cases;
}

}  // namespace forewarn::rehearsals
