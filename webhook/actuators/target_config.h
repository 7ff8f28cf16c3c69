// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "common/base/clock.h"

namespace forewarn::actuators {

// What one part of a setting may be moved within. What lies outside already is never moved further out.
struct Range {
  double min = 0, max = 0;
};
using Limits = std::map<std::string, Range>;  // by the names in ActuatorKind::limits

// Where the target's traffic enters: names of the load balancer's configuration, never of an alert.
struct Backend {
  std::string load_balancer;                            // its name in the inventory
  std::string name;                                     // HAProxy's backend
  std::string server;                                   // of the target in that backend
  std::string standby_server;                           // of the standby in that backend
  base::Duration step_pause = std::chrono::seconds(1);  // how long who takes over is watched after each step
  std::string stalled_server = {};                      // one in that backend that serves badly, for experiments
};

// How it is seen that somebody really serves.
struct ReadyCheck {
  std::string address;  // tcp:ADDRESS:PORT, numeric: accepts connections; empty: that it runs is all that is asked
  std::string path;     // of an HTTP request that is answered with 2xx; empty: nothing is sent
};

// Where a domain can be proven off (fence.h).
struct FenceConfig {
  std::string domain;      // empty: the target itself
  std::string hypervisor;  // the only one that could run it; empty: each of the inventory could
};

// What more is known of the standby.
struct StandbyConfig {
  ReadyCheck ready;
  bool exclusive = false;  // it and the target would write the same data: never both at once
  FenceConfig fence;       // of the target
};

// At most one of the two is set.
struct MaxLag {
  std::optional<std::uint64_t> bytes;  // of WAL
  std::optional<base::Duration> time;
};

struct PostgresLogin {
  std::string conninfo;       // libpq's, without a password
  std::string password_file;  // empty: none
};

// A replicated PostgreSQL whose primary the target runs.
struct ReplicaConfig {
  PostgresLogin primary, standby;
  MaxLag max_lag;
  FenceConfig fence;
};

// What the configuration says about one domain (webhook.yaml, `targets:`).
struct TargetConfig {
  std::string target_class;
  std::string standby;      // libvirt domain name; empty: none
  std::string canary = {};  // one like it, for experiments on its behalf
  std::optional<Backend> backend;
  std::map<std::string, Limits> limits;  // by actuator; what is absent is bounded by the actuator's step alone
  // Whose disks it shares, by domain name: disk_io lowers the busiest of them. Empty: none.
  std::function<bool(const std::string& domain)> is_neighbour = {};
  StandbyConfig standby_use = {};
  std::optional<ReplicaConfig> replica = {};
};

// By domain name; nullopt where the configuration doesn't know it. Thread-safe; may change with a reload.
using TargetLookup = std::function<std::optional<TargetConfig>(const std::string& domain)>;

// The limits of one actuator for one domain; empty where there are none.
Limits LimitsOf(const TargetLookup& targets, const std::string& domain, const std::string& actuator);

// `value` within the limit of that name, if there is one.
double Clamp(const Limits& limits, const std::string& name, double value);

}  // namespace forewarn::actuators
