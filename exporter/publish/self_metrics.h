// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <memory>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "common/base/result.h"

namespace forewarn::publish {

// What the exporter says of itself. Every counter exists at 0 from the start, so that its first increase is seen.
class SelfMetrics {
 public:
  SelfMetrics();

  // Signals that may fail. What is known already stays.
  void SetSignals(const std::vector<std::string>& names);

  void TickSucceeded(base::Duration took, base::WallTime now);
  void TickFailed(base::Duration took);
  void SourceFailed(const std::string& signal, base::ErrorCode code);
  void SeriesReceived(std::size_t count);
  void SeriesDropped(const std::string& reason, std::size_t count);  // no_domain, ambiguous, not_finite
  void SourceWarned(std::size_t count);
  void ReloadSucceeded(base::WallTime now);
  void ReloadFailed();

  const std::shared_ptr<prometheus::Registry>& registry() const { return registry_; }

 private:
  std::shared_ptr<prometheus::Registry> registry_;
  prometheus::Histogram* duration_;
  prometheus::Counter* ticks_;
  prometheus::Counter* failures_;
  prometheus::Counter* warnings_;
  prometheus::Family<prometheus::Counter>* errors_;
  prometheus::Family<prometheus::Counter>* dropped_;
  prometheus::Gauge* series_;
  prometheus::Gauge* last_success_;
  prometheus::Gauge* up_;
  prometheus::Gauge* reload_ok_;
  prometheus::Gauge* reload_time_;
};

}  // namespace forewarn::publish
