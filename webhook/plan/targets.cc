// SPDX-License-Identifier: Apache-2.0
#include "webhook/plan/targets.h"

#include <re2/re2.h>

#include <algorithm>

#include "webhook/actuators/actuators.h"
#include "webhook/plan/redundancy.h"

namespace forewarn::plan {
namespace {

actuators::Range DecodeRange(const config::Node& node) {
  const std::vector<config::Node> ends = node.Items();
  if (ends.size() != 2) {
    node.Fail("must be [lowest, highest]");
    return {};
  }
  const actuators::Range range{ends[0].Number(), ends[1].Number()};
  if (!(range.min >= 0 && range.min <= range.max)) node.Fail("must be 0 <= lowest <= highest");
  return range;
}

actuators::Limits DecodeLimits(const actuators::ActuatorKind& kind, const config::Node& node) {
  actuators::Limits limits;
  for (const auto& [name, range] : node.Entries()) {
    if (std::find(kind.limits.begin(), kind.limits.end(), name) == kind.limits.end()) {
      range.Fail(std::string(kind.name) + " has no such limit: " + name);
    }
    limits[name] = DecodeRange(range);
  }
  return limits;
}

actuators::Backend DecodeBackend(const config::Map& map, const std::set<std::string>& load_balancers) {
  actuators::Backend backend;
  for (auto [key, field] : {std::pair{"load_balancer", &backend.load_balancer},
                            {"name", &backend.name},
                            {"server", &backend.server},
                            {"standby_server", &backend.standby_server}}) {
    if (auto node = map.Require(key)) *field = node->String();
  }
  backend.stalled_server = map.String("stalled_server");
  if (!backend.stalled_server.empty() &&
      (backend.stalled_server == backend.server || backend.stalled_server == backend.standby_server)) {
    map.Fail("stalled_server must be another than server and standby_server");
  }
  backend.step_pause = map.Duration("step_pause", backend.step_pause);
  if (!load_balancers.contains(backend.load_balancer)) map.Fail("no such load balancer: " + backend.load_balancer);
  return backend;
}

actuators::TargetConfig DecodeTarget(const config::Map& map, const Known& known) {
  actuators::TargetConfig target;
  target.target_class = map.String("class");
  target.canary = map.String("canary");
  if (auto standby = map.Find("standby")) DecodeStandby(*standby, known.hypervisors, target);
  if (auto replica = map.Find("replica")) target.replica = DecodeReplica(replica->AsMap(), known.hypervisors);
  if (auto backend = map.Find("backend")) target.backend = DecodeBackend(backend->AsMap(), known.load_balancers);
  if (auto neighbours = map.Find("neighbours")) {
    Patterns patterns;
    for (const config::Node& pattern : neighbours->Items()) patterns.Add(pattern);
    target.is_neighbour = [patterns](const std::string& domain) { return patterns.Match(domain); };
  }
  if (auto limits = map.Find("limits")) {
    for (const auto& [name, node] : limits->Entries()) {
      const actuators::ActuatorKind* kind = actuators::FindKind(name);
      if (kind == nullptr) {
        node.Fail("no such actuator: " + name);
      } else {
        target.limits[name] = DecodeLimits(*kind, node);
      }
    }
  }
  return target;
}

}  // namespace

void Patterns::Add(const config::Node& node) {
  auto pattern = std::make_shared<const re2::RE2>(node.String(), re2::RE2::Quiet);
  if (!pattern->ok()) return node.Fail("not a regular expression: " + pattern->error());
  patterns_.push_back(std::move(pattern));
}

bool Patterns::Match(const std::string& name) const {
  return std::any_of(patterns_.begin(), patterns_.end(),
                     [&](const auto& pattern) { return re2::RE2::FullMatch(name, *pattern); });
}

Targets Targets::Decode(const config::Node& node, const Known& known) {
  Targets targets;
  for (const config::Node& item : node.Items()) {
    const config::Map map = item.AsMap();
    Entry entry;
    if (auto domain = map.Require("domain")) entry.domain.Add(*domain);
    entry.config = DecodeTarget(map, known);
    targets.entries_.push_back(std::move(entry));
  }
  return targets;
}

std::optional<actuators::TargetConfig> Targets::Find(const std::string& domain) const {
  for (const Entry& entry : entries_) {
    if (entry.domain.Match(domain)) return entry.config;
  }
  return std::nullopt;
}

}  // namespace forewarn::plan
