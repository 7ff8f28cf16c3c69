// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>

#include "common/base/result.h"

namespace forewarn::testbed {

struct MachineOptions {
  enum class Start { kRunning, kPaused, kDefined };  // kPaused: booted and ready, then suspended
  std::string name = {};                             // libvirt domain name
  int number = 1;                                    // 1 to 99, unique in the bed
  int memory_mib = 192;                              // now
  int max_memory_mib = 256;                          // what the balloon may give back
  int iops_limit = 0;                                // <iotune> total_iops_sec; 0: none
  int cpu_quota = 0;                                 // percent of a core that the host gives; 0: no limit
  int data_mib = 0;                                  // a second disk, mounted on /data, where the service logs; 0: none
  Start start = Start::kRunning;
  int max_vcpus = 1;   // what can be plugged in; it begins with one
  bool agent = false;  // a channel to QEMU's guest agent, for an image that has one
};

struct Endpoints {
  std::string telemetry;     // host:port, /metrics as of node_exporter
  std::string service;       // host:port, GET /work does a little disk I/O and allocation, GET /healthz nothing
  std::string console = {};  // path of all it printed; empty: it has none
};

// A virtual machine that can be loaded: a guest of QEMU, or a simulated one.
class Machine {
 public:
  virtual ~Machine() = default;
  virtual const MachineOptions& options() const = 0;
  virtual Endpoints endpoints() const = 0;
  virtual base::Result<void> WaitReady(std::chrono::seconds timeout) = 0;

  // One command, answered by a line: kInvalid where it is not understood or cannot be obeyed.
  //   cpu PERCENT · leak MIB_PER_S (of the service) · disk FROM_IOPS TO_IOPS RAMP_SECONDS · errors PER_S · net
  //   MIB_PER_S · ping · stop (all) · stop WHAT
  // Of guests alone, a simulated machine does not feel them:
  //   fail PERCENT · hang 1 (both of the service) · hold MIB · fill MIB_PER_S (the second disk) · storm PER_S
  //   (processes) · impair DELAY_MS LOSS_PERCENT (of the network) · serve (again, after it was killed)
  virtual base::Result<std::string> Command(const std::string& line) = 0;
};

}  // namespace forewarn::testbed
