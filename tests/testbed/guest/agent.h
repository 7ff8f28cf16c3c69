// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace forewarn::testbed::guest {

constexpr const char* kDisk = "/dev/vda";
constexpr int kServicePort = 8080;

// Serves HTTP until the kernel kills it: /healthz, /work (disk I/O and memory, so that its latency tells how both are)
// and /leak?MIB_PER_S (its own defect, at will).
int Serve();

// Reads commands, one per line, and answers each with a line.
int Control(const std::string& device);

// The loads. Each runs until its process is killed.
[[noreturn]] void BurnCpu(double percent);
[[noreturn]] void LoadDisk(double from_iops, double to_iops, double ramp_seconds);
[[noreturn]] void PrintErrors(double per_second);
[[noreturn]] void LoadNetwork(double mib_per_second);

}  // namespace forewarn::testbed::guest
