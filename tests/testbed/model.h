// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <random>
#include <string>

#include "tests/testbed/guest/command.h"

namespace forewarn::testbed {

// What a hypervisor has set for a machine.
struct ModelSettings {
  double iops_limit = 0;  // 0: none
  double memory_mib = 192;
};

// A guest in numbers, after the real one of this bed: the same loads, the same throttle (QEMU's leaky bucket of a tenth
// of a second), so the same shape of saturation and of running out of memory. Time passes only by Advance.
class Model {
 public:
  explicit Model(unsigned seed) : random_(seed) {}

  void Obey(const guest::Command& command);
  void Advance(const ModelSettings& settings, double seconds);

  std::string Metrics() const;  // text exposition of node_exporter's, the libvirt exporter's and mtail's series
  bool ServiceRuns() const { return service_runs_; }
  double ServiceSeconds() const;  // what a request takes now

 private:
  struct Loads {
    double cpu_percent = 0, leak = 0, errors = 0, net = 0;           // as in the commands
    double disk_from = 0, disk_to = 0, disk_ramp = 0, disk_age = 0;  // iops, iops, seconds, seconds
  };
  void StepDisk(const ModelSettings& settings, double seconds);
  void StepMemory(const ModelSettings& settings, double seconds);
  void StepRest(double seconds);
  double Noise(double size) { return std::uniform_real_distribution<double>(-size, size)(random_); }

  std::minstd_rand random_;
  Loads loads_;
  bool service_runs_ = true;
  // the disk
  double waiting_ = 0, bucket_ = 0, since_batch_ = 0, limit_ = 0, busy_ratio_ = 0;
  double requests_ = 0, request_seconds_ = 0, busy_seconds_ = 0;
  // the rest
  double leaked_mib_ = 0, total_mib_ = 0, available_mib_ = 0;
  double idle_seconds_ = 0, iowait_seconds_ = 0, user_seconds_ = 0, sent_bytes_ = 0, received_bytes_ = 0, errors_ = 0;
};

}  // namespace forewarn::testbed
