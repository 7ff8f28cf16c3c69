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
  void TrainingBegan();
  void TrainingFailed(base::ErrorCode code);
  void TrainingLearned(double seconds, std::size_t values);  // of history, so far
  void TrainingEnded();
  void StateSaved(std::size_t bytes, base::WallTime now);
  void StateSaveFailed(const std::string& reason);
  void StateRestored(double time);  // s since the epoch: until then it has learned
  void StateRestoreFailed(const std::string& reason);

  // What people are told of it. Times are seconds since the epoch, 0: never.
  struct Standing {
    bool up = false, training = false, reload_failed = false;
    double ticks = 0, failures = 0, series = 0, last_success = 0;
    double history = 0, values = 0;  // learned from at its start: s, and how many
    double restored = 0, saved = 0;  // until when the restored state had learned; when it was last saved
  };
  Standing Look() const;

  const std::shared_ptr<prometheus::Registry>& registry() const { return registry_; }

 private:
  void RegisterState();
  void RegisterTraining();

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
  prometheus::Gauge* training_;
  prometheus::Gauge* trained_history_;
  prometheus::Gauge* trained_values_;
  prometheus::Family<prometheus::Counter>* training_failures_;
  prometheus::Counter* saves_;
  prometheus::Family<prometheus::Counter>* save_failures_;
  prometheus::Family<prometheus::Counter>* restore_failures_;
  prometheus::Gauge* state_size_;
  prometheus::Gauge* state_time_;
  prometheus::Gauge* restored_;
};

}  // namespace forewarn::publish
