// SPDX-License-Identifier: Apache-2.0
#include "webhook/actuators/actuators.h"

#include <functional>

#include "webhook/actuators/cpu_quota.h"
#include "webhook/actuators/disk_errors.h"
#include "webhook/actuators/disk_io.h"
#include "webhook/actuators/failover.h"
#include "webhook/actuators/guest_stress.h"
#include "webhook/actuators/memory.h"
#include "webhook/actuators/network.h"
#include "webhook/actuators/placement.h"
#include "webhook/actuators/power.h"
#include "webhook/actuators/replica.h"
#include "webhook/actuators/standby.h"
#include "webhook/actuators/traffic.h"
#include "webhook/actuators/vcpus.h"

namespace forewarn::actuators {
namespace {

struct Wiring {
  const Backends& backends;
  std::map<std::string, HaproxyRuntime> balancers;
};

struct Entry {
  ActuatorKind kind;
  std::function<std::unique_ptr<Actuator>(const Wiring&)> make;
};

const std::vector<Entry>& Table() {
  static const std::vector<Entry> table{
      {{"disk_io",
        Reversal::kReversible,
        {"total_iops_sec", "total_bytes_sec", "read_iops_sec", "read_bytes_sec", "write_iops_sec", "write_bytes_sec"}},
       [](const Wiring& w) { return MakeDiskIo(w.backends.inventory, w.backends.targets); }},
      {{"cpu_quota", Reversal::kReversible, {"ratio", "shares"}},
       [](const Wiring& w) { return MakeCpuQuota(w.backends.inventory, w.backends.targets); }},
      {{"vcpus", Reversal::kReversible, {"count"}},
       [](const Wiring& w) { return MakeVcpus(w.backends.inventory, w.backends.targets); }},
      {{"memory", Reversal::kReversible, {"mib"}},
       [](const Wiring& w) { return MakeMemory(w.backends.inventory, w.backends.targets); }},
      {{"network", Reversal::kReversible, {"average"}},
       [](const Wiring& w) { return MakeNetwork(w.backends.inventory, w.backends.targets); }},
      {{"standby", Reversal::kReversible, {}},
       [](const Wiring& w) { return MakeStandby(w.backends.inventory, w.backends.targets); }},
      {{"failover", Reversal::kFinal, {}},
       [](const Wiring& w) { return MakeFailover(w.backends.inventory, w.backends.targets); }},
      {{"replica", Reversal::kFinal, {}},
       [](const Wiring& w) { return MakeReplica(w.backends.inventory, w.backends.targets); }},
      {{"traffic", Reversal::kReversible, {}},
       [](const Wiring& w) { return MakeTraffic(w.balancers, w.backends.targets); }},
      {{"placement", Reversal::kCompensable, {}}, [](const Wiring& w) { return MakePlacement(w.backends.inventory); }},
      {{"pause", Reversal::kReversible, {}}, [](const Wiring& w) { return MakePause(w.backends.inventory); }},
      {{"reset", Reversal::kFinal, {}}, [](const Wiring& w) { return MakeReset(w.backends.inventory); }},
      {{"guest_stress", Reversal::kReversible, {}, ActuatorKind::Use::kInjection},
       [](const Wiring& w) { return MakeGuestStress(w.backends.inventory); }},
      {{"disk_errors", Reversal::kReversible, {}, ActuatorKind::Use::kInjection},
       [](const Wiring& w) { return MakeDiskErrors(w.backends.inventory); }},
  };
  return table;
}

}  // namespace

const std::vector<ActuatorKind>& ActuatorKinds() {
  static const std::vector<ActuatorKind> kinds = [] {
    std::vector<ActuatorKind> all;
    for (const Entry& entry : Table()) all.push_back(entry.kind);
    return all;
  }();
  return kinds;
}

const ActuatorKind* FindKind(std::string_view name) {
  for (const ActuatorKind& kind : ActuatorKinds()) {
    if (kind.name == name) return &kind;
  }
  return nullptr;
}

base::Result<std::vector<ActuatorLine>> BuildActuators(const Backends& backends) {
  Wiring wiring{backends, {}};
  for (const auto& [name, address] : backends.haproxies) {
    auto runtime = HaproxyRuntime::Create(address);
    if (!runtime) return base::Error{runtime.error().code, "load balancer " + name + ": " + runtime.error().message};
    wiring.balancers.emplace(name, *runtime);
  }
  std::vector<ActuatorLine> lines;
  for (const Entry& entry : Table()) {
    lines.push_back({std::string(entry.kind.name), entry.kind.reversal, entry.make(wiring)});
  }
  return lines;
}

}  // namespace forewarn::actuators
