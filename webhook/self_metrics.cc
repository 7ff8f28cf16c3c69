// SPDX-License-Identifier: Apache-2.0
#include "webhook/self_metrics.h"

namespace forewarn::webhook {
namespace {

prometheus::MetricFamily Family(const char* name, const char* help, prometheus::MetricType type) {
  return {name, help, type, {}};
}

void Add(prometheus::MetricFamily& family, const std::string& hypervisor, double value) {
  prometheus::ClientMetric metric;
  if (!hypervisor.empty()) metric.label = {{"hypervisor", hypervisor}};
  if (family.type == prometheus::MetricType::Counter) {
    metric.counter.value = value;
  } else {
    metric.gauge.value = value;
  }
  family.metric.push_back(std::move(metric));
}

prometheus::Gauge& Gauge(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add({});
}

}  // namespace

std::vector<prometheus::MetricFamily> Surroundings::Collect() const {
  using prometheus::MetricType;
  auto up = Family("forewarn_hypervisor_up", "1 while there is a connection to the hypervisor.", MetricType::Gauge);
  auto reconnects = Family("forewarn_hypervisor_reconnects_total", "Connections opened again.", MetricType::Counter);
  auto timeouts = Family("forewarn_hypervisor_timeouts_total", "Calls without an answer in time.", MetricType::Counter);
  for (const auto& health : inventory_.State()) {
    Add(up, health.name, health.connected ? 1 : 0);
    Add(reconnects, health.name, static_cast<double>(health.reconnects));
    Add(timeouts, health.name, static_cast<double>(health.timeouts));
  }
  auto engaged = Family("forewarn_kill_switch_engaged", "1 while nothing may be done.", MetricType::Gauge);
  Add(engaged, "", kill_switch_.Read().engaged ? 1 : 0);
  return {up, reconnects, timeouts, engaged};
}

ReloadMetrics::ReloadMetrics(prometheus::Registry& registry)
    : successful_(Gauge(registry, "forewarn_config_last_reload_successful",
                        "Whether the last attempt to load the configuration succeeded.")),
      time_(Gauge(registry, "forewarn_config_last_reload_success_timestamp_seconds",
                  "When the configuration was last loaded.")) {}

void ReloadMetrics::Set(const base::Result<void>& reloaded, base::WallTime now) {
  successful_.Set(reloaded ? 1 : 0);
  if (reloaded) time_.Set(base::ToSeconds(now));
}

}  // namespace forewarn::webhook
