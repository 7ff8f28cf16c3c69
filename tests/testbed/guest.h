// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>

#include "common/base/result.h"
#include "tests/testbed/host.h"
#include "tests/testbed/image.h"

namespace forewarn::testbed {

struct GuestOptions {
  enum class Start { kRunning, kPaused, kDefined };  // kPaused: booted and ready, then suspended
  std::string name;          // libvirt domain name
  int number = 1;            // 1 to 99, unique in the bed: gives the address 10.0.2.(100 + number)
  int memory_mib = 192;      // now
  int max_memory_mib = 256;  // what the balloon may give back
  int iops_limit = 0;        // <iotune> total_iops_sec; 0: none
  Start start = Start::kRunning;
};

// One virtual machine: 1 vCPU, a disk of 64 MiB, and inside node_exporter on port 9100, a service on port 8080 (GET /work does a
// little disk I/O and allocation; GET /healthz nothing), and a control channel for workloads.
class Guest {
 public:
  // Returns at once; WaitReady says when it has booted (some 5 s each).
  static base::Result<Guest> Create(const Host& host, const Image& image, const GuestOptions& options);
  base::Result<void> WaitReady(std::chrono::seconds timeout = std::chrono::seconds(60));

  // One command to the agent inside, answered by its line: kInvalid where it says "error …".
  //   cpu PERCENT · leak MIB_PER_S (of the service) · disk FROM_IOPS TO_IOPS RAMP_SECONDS · errors PER_S · net MIB_PER_S
  //   stop (all) · stop WHAT
  base::Result<std::string> Command(const std::string& line);

  const std::string& name() const { return options_.name; }
  std::string address() const;       // in the bed
  std::string console_path() const;  // all it printed since its definition

  base::Result<void> PowerOn();  // starts one that is only defined
  base::Result<void> Resume();   // one that is paused

 private:
  Guest(const Host& host, GuestOptions options);
  std::string uri_, dir_;
  GuestOptions options_;
};

}  // namespace forewarn::testbed
