// SPDX-License-Identifier: Apache-2.0
#include "webhook/reverter/daemon.h"

namespace forewarn::reverter {
namespace {

prometheus::Family<prometheus::Counter>& Counter(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
}

prometheus::Family<prometheus::Gauge>& Gauge(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry);
}

}  // namespace

Metrics::Metrics(prometheus::Registry& registry)
    : sweeps_(Counter(registry, "forewarn_reverter_sweeps_total", "Looks at all domains of a hypervisor.")),
      changes_(Counter(registry, "forewarn_reverter_changes_total", "What became of changes that were due.")),
      up_(Gauge(registry, "forewarn_reverter_hypervisor_up", "1 where the last look got an answer.")),
      last_(Gauge(registry, "forewarn_reverter_last_sweep_timestamp_seconds", "When the last whole look ended.")),
      took_(Gauge(registry, "forewarn_reverter_sweep_duration_seconds", "How long the last whole look took.")),
      markers_(Gauge(registry, "forewarn_reverter_markers", "Changes in force that the last look has seen.")) {
  for (const actuators::ActuatorKind& kind : actuators::ActuatorKinds()) {
    if (kind.reversal != actuators::Reversal::kReversible) continue;
    for (const char* result : {"reverted", "failed", "spared"}) {
      changes_.Add({{"actuator", std::string(kind.name)}, {"result", result}});
    }
  }
}

void Metrics::Expect(const std::string& hypervisor) {
  for (const char* result : {"ok", "error"}) sweeps_.Add({{"hypervisor", hypervisor}, {"result", result}});
  for (auto* family : {&up_, &last_, &took_, &markers_}) family->Add({{"hypervisor", hypervisor}});
}

void Metrics::Swept(const std::string& hypervisor, const base::Result<Sweep>& sweep, base::Duration took) {
  const prometheus::Labels labels{{"hypervisor", hypervisor}};
  sweeps_.Add({{"hypervisor", hypervisor}, {"result", sweep ? "ok" : "error"}}).Increment();
  up_.Add(labels).Set(sweep ? 1 : 0);
  if (!sweep) return;
  last_.Add(labels).SetToCurrentTime();
  took_.Add(labels).Set(base::ToSeconds(took));
  markers_.Add(labels).Set(static_cast<double>(sweep->markers));
  for (const auto& [result, counts] :
       {std::pair{"reverted", &sweep->reverted}, {"failed", &sweep->failed}, {"spared", &sweep->spared}}) {
    for (const auto& [actuator, count] : *counts) {
      changes_.Add({{"actuator", actuator}, {"result", result}}).Increment(count);
    }
  }
}

}  // namespace forewarn::reverter
