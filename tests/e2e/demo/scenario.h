// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>
#include <vector>

// What is done to both twins, and what the operator of the protected one has decided beforehand.
namespace forewarn::demo {

inline constexpr const char* kProtected = "protected";
inline constexpr const char* kUnprotected = "unprotected";
inline constexpr const char* kStandby = "protected-standby";
inline constexpr const char* kCanary = "protected-canary";
inline constexpr const char* kTwins[] = {kProtected, kUnprotected};

// The breakdown of a service, set beforehand and independent of any prediction: over five seconds fewer than this part
// of its requests succeed, or they take longer than that on average. A series that Prometheus records.
inline constexpr double kMinSuccess = 0.6, kMaxLatency = 0.5;  // ratio, s
inline constexpr const char* kBrokenDown = "service_broken_down";

struct Scenario {
  std::string fault;
  std::string cause;       // of the breakdown, for a person
  std::string rest, load;  // commands to the guests' agents: a quiet one, then one that grows
  std::vector<std::string> (*grow)(double grown) = nullptr;  // further commands as the load grows from 0 to 1 …
  double squeeze = 1;                  // what the host leaves of a twin's CPU quota each second of that time
  std::chrono::seconds ramp{};         // … within this time
  std::chrono::seconds patience{150};  // of the wait for the unprotected twin's breakdown
  std::chrono::seconds after{15};      // how long the load goes on after it
  int memory_mib = 192, max_memory_mib = 192, iops_limit = 0, data_mib = 0,
      cpu_quota = 0;  // of each twin, as testbed::MachineOptions
  bool standby = false;
  bool probed = false;      // what its users see is a signal, too
  std::string canary_load;  // of a third machine, for experiments on behalf of the protected one; empty: there is none
  std::string experiment;   // YAML flow mapping of the webhook's configuration: their template
  int rehearsals = 0;       // experiments at most, before the load grows: until one passes
  std::string policy, limits;        // YAML flow mappings of the webhook's configuration
  std::string signal, signal_query;  // shown of each twin: its name, and PromQL by domain (a ratio)
};

std::vector<std::string> ScenarioNames();
const Scenario& FindScenario(const std::string& fault);  // of ScenarioNames()
// The same, more slowly, with a canary: time for an experiment. nullptr: there is none for the fault.
const Scenario* FindRehearsed(const std::string& fault);
// With a canary, too: what the policy tries first doesn't help, which experiments show before the fault comes.
const Scenario* FindMisguided(const std::string& fault);

}  // namespace forewarn::demo
