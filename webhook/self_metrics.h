// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <prometheus/collectable.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

#include "common/base/clock.h"
#include "common/base/result.h"
#include "webhook/guard/kill_switch.h"
#include "webhook/hypervisor/hypervisor.h"

namespace forewarn::webhook {

// What is asked at the moment of the scrape: forewarn_hypervisor_up, _reconnects_total and _timeouts_total{hypervisor},
// forewarn_kill_switch_engaged.
class Surroundings : public prometheus::Collectable {
 public:
  Surroundings(const hypervisor::Inventory& inventory, const guard::KillSwitch& kill_switch)
      : inventory_(inventory), kill_switch_(kill_switch) {}
  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  const hypervisor::Inventory& inventory_;
  const guard::KillSwitch& kill_switch_;
};

// forewarn_config_last_reload_successful and forewarn_config_last_reload_success_timestamp_seconds, as Prometheus'.
class ReloadMetrics {
 public:
  explicit ReloadMetrics(prometheus::Registry& registry);
  void Set(const base::Result<void>& reloaded, base::WallTime now);

 private:
  prometheus::Gauge &successful_, &time_;
};

}  // namespace forewarn::webhook
