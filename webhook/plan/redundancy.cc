// SPDX-License-Identifier: Apache-2.0
#include "webhook/plan/redundancy.h"

#include "webhook/actuators/postgres.h"
#include "webhook/actuators/ready.h"
#include "webhook/actuators/replica_lag.h"

namespace forewarn::plan {
namespace {

template <class T>
T Take(const config::Node& node, const base::Result<T>& value) {
  if (value) return *value;
  node.Fail(value.error().message);
  return {};
}

actuators::ReadyCheck DecodeReady(const config::Map& map) {
  const auto tcp = map.Find("tcp"), http = map.Find("http");
  if (tcp.has_value() == http.has_value()) {
    map.Fail("needs either tcp or http");
    return {};
  }
  return tcp ? Take(*tcp, actuators::TcpCheck(tcp->String())) : Take(*http, actuators::HttpCheck(http->String()));
}

// A fence that nobody could ever ask is found when it's configured, not when it's needed.
std::string DecodeFenceHost(const config::Map& fence, const std::set<std::string>& hypervisors) {
  const auto node = fence.Find("hypervisor");
  if (!node) return {};  // any of the inventory
  if (!hypervisors.contains(node->String())) node->Fail("no such hypervisor: " + node->String());
  return node->String();
}

std::string DecodeConninfo(const config::Map& map, std::string_view key) {
  const auto node = map.Require(key);
  if (!node) return {};
  if (auto sound = actuators::CheckConninfo(node->String()); !sound) node->Fail(sound.error().message);
  return node->String();
}

}  // namespace

void DecodeStandby(const config::Node& node, const std::set<std::string>& hypervisors,
                   actuators::TargetConfig& target) {
  if (!node.IsMap()) {
    target.standby = node.String();
    return;
  }
  const config::Map map = node.AsMap();
  if (auto domain = map.Require("domain")) target.standby = domain->String();
  if (auto ready = map.Find("ready")) target.standby_use.ready = DecodeReady(ready->AsMap());
  target.standby_use.exclusive = map.Bool("exclusive", false);
  if (auto fence = map.Find("fence")) {
    target.standby_use.fence.hypervisor = DecodeFenceHost(fence->AsMap(), hypervisors);
  }
}

actuators::ReplicaConfig DecodeReplica(const config::Map& map, const std::set<std::string>& hypervisors) {
  actuators::ReplicaConfig replica;
  const std::string password_file = map.String("password_file");
  replica.primary = {DecodeConninfo(map, "primary"), password_file};
  replica.standby = {DecodeConninfo(map, "standby"), password_file};
  if (auto lag = map.Require("max_lag")) replica.max_lag = Take(*lag, actuators::ParseMaxLag(lag->String()));
  if (auto fence = map.Find("fence")) {
    const config::Map of = fence->AsMap();
    replica.fence = {of.String("domain"), DecodeFenceHost(of, hypervisors)};
  }
  return replica;
}

}  // namespace forewarn::plan
