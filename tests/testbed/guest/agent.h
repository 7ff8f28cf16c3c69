// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace forewarn::testbed::guest {

constexpr const char* kDisk = "/dev/vda";
constexpr int kServicePort = 8080;
constexpr const char* kData = "/data";  // where the second disk is mounted, if there is one

// Serves HTTP until the kernel kills it: /healthz, /work (disk I/O and memory, so that its latency tells how both are)
// and its own defects, at will: /leak?MIB_PER_S, /fail?PERCENT of the requests, /hang?1.
int Serve();

// Reads commands, one per line, and answers each with a line.
int Control(const std::string& device);

// The loads. Each runs until its process is killed.
[[noreturn]] void BurnCpu(double percent);
[[noreturn]] void LoadDisk(double from_iops, double to_iops, double ramp_seconds);
[[noreturn]] void PrintErrors(double per_second);
[[noreturn]] void LoadNetwork(double mib_per_second);
[[noreturn]] void HoldMemory(double mib);
[[noreturn]] void FillDisk(double mib_per_second);  // the second one, until it is full
[[noreturn]] void Storm(double per_second);         // processes that are born and die, and threads that wake each other

void EmptyDisk();  // of what FillDisk wrote

// What leaves by the network card comes late, or not at all (netem). Zeros: undone. False: the kernel refuses.
bool ImpairNetwork(double delay_ms, double loss_percent);

}  // namespace forewarn::testbed::guest
