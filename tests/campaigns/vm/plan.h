// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

// What a campaign will do, drawn from its seed before anything runs.
namespace forewarn::campaign {

inline constexpr const char* kFaults[] = {"disk_contention", "disk_full",           "memory_leak", "cpu_saturation",
                                          "cpu_denied",      "network_degradation", "error_burst", "unknown"};

struct Size {
  int memory_mib, iops_limit, data_mib;
};

// What can be done to a guest: a command to its agent, or a setting of its host.
enum class Lever {
  kGuest,
  kIops,   // of its disk, 1/s
  kQuota,  // of its vCPU, ratio of a core; 0: none
  kLink,   // 1 up, 0 down
};

struct Action {
  double at = 0;  // s after the run's begin; negative in the history before it
  Lever lever = Lever::kGuest;
  std::string command = {};  // kGuest
  double value = 0;          // else
};

struct Plan {
  int number = 0;                             // of the run, within its seed
  std::string fault;                          // of kFaults; empty: a null run
  std::string manner;                         // gradual, abrupt; of null runs what is ordinary about them
  std::string detail;                         // for a person
  double history = 0, onset = 0, length = 0;  // s; the run is [0, length)
  bool heavy = false;                         // takes a core of the host: only one at a time
  std::vector<Action> actions;                // by time
};

// The fault of each run: every 32 runs hold 8 null ones and 3 of each fault, in random order.
std::vector<std::string> Deck(std::uint64_t seed, int runs);

Size DrawSize(std::uint64_t seed, int guest);

struct Draw {
  std::uint64_t seed = 0;
  int number = 0;
  std::string fault = {};
  double length = 0;  // s
};
Plan MakePlan(const Draw& draw, const Size& size);

}  // namespace forewarn::campaign
