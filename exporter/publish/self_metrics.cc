// SPDX-License-Identifier: Apache-2.0
#include "exporter/publish/self_metrics.h"

#include "common/metrics/metrics.h"

namespace forewarn::publish {
namespace {

using prometheus::BuildCounter;
using prometheus::BuildGauge;
using prometheus::Counter;
using prometheus::Family;
using prometheus::Gauge;
using prometheus::Registry;

Family<Counter>& CounterFamily(Registry& registry, const char* name, const char* help) {
  return BuildCounter().Name(name).Help(help).Register(registry);
}

Gauge& OneGauge(Registry& registry, const char* name, const char* help) {
  return BuildGauge().Name(name).Help(help).Register(registry).Add({});
}

prometheus::Histogram& DurationHistogram(Registry& registry) {
  const prometheus::Histogram::BucketBoundaries seconds = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30};
  return prometheus::BuildHistogram()
      .Name("forewarn_tick_duration_seconds")
      .Help("Time to read, judge and render one tick.")
      .Register(registry)
      .Add({}, seconds);
}

// Few enough to exist from the start.
constexpr const char* kReasons[] = {"timeout", "invalid", "internal", "unavailable"};

const char* ReasonOf(base::ErrorCode code) {
  switch (code) {
    case base::ErrorCode::kTimeout:
      return "timeout";
    case base::ErrorCode::kInvalid:
      return "invalid";
    case base::ErrorCode::kInternal:
      return "internal";
    default:
      return "unavailable";
  }
}

}  // namespace

SelfMetrics::SelfMetrics() : registry_(std::make_shared<Registry>()) {
  Registry& registry = *registry_;
  duration_ = &DurationHistogram(registry);
  ticks_ = &CounterFamily(registry, "forewarn_ticks_total", "Ticks begun, failed ones among them.").Add({});
  failures_ =
      &CounterFamily(registry, "forewarn_tick_failures_total", "Ticks in which no signal could be read.").Add({});
  warnings_ = &CounterFamily(registry, "forewarn_source_warnings_total", "Warnings in the source's answers.").Add({});
  errors_ = &CounterFamily(registry, "forewarn_source_errors_total", "Queries that failed, by signal and reason.");
  dropped_ = &CounterFamily(registry, "forewarn_series_dropped_total", "Rows that named no or no single instance.");
  series_ = &OneGauge(registry, "forewarn_source_series", "Rows read in the last tick.");
  last_success_ = &OneGauge(registry, "forewarn_last_success_timestamp_seconds", "When a tick last succeeded.");
  up_ = &OneGauge(registry, "forewarn_up", "Whether the last tick succeeded.");
  reload_ok_ = &OneGauge(registry, "forewarn_config_last_reload_successful", "Whether the last reload succeeded.");
  reload_time_ = &OneGauge(registry, "forewarn_config_last_reload_success_timestamp_seconds",
                           "When the configuration was last loaded.");
  RegisterTraining();
  RegisterState();
  metrics::RegisterBuildInfo(registry, "forewarn");
  for (const char* reason : {"no_domain", "ambiguous", "not_finite"}) SeriesDropped(reason, 0);
}

void SelfMetrics::RegisterTraining() {
  Registry& registry = *registry_;
  training_ =
      &OneGauge(registry, "forewarn_training_active", "Whether it is still learning from history at its start.");
  trained_history_ = &OneGauge(registry, "forewarn_training_history_seconds",
                               "How much of the source's history it learned from at its start; 0: it began cold.");
  trained_values_ = &OneGauge(registry, "forewarn_training_values", "Values that it learned from at its start.");
  training_failures_ = &CounterFamily(registry, "forewarn_training_failures_total",
                                      "Times that history was there but could not be had, by reason.");
  for (const char* reason : kReasons) training_failures_->Add({{"reason", reason}});
}

void SelfMetrics::TrainingBegan() { training_->Set(1); }

void SelfMetrics::TrainingFailed(base::ErrorCode code) {
  training_failures_->Add({{"reason", ReasonOf(code)}}).Increment();
}

void SelfMetrics::TrainingLearned(double seconds, std::size_t values) {
  trained_history_->Set(seconds);
  trained_values_->Set(static_cast<double>(values));
}

void SelfMetrics::TrainingEnded() { training_->Set(0); }

void SelfMetrics::RegisterState() {
  Registry& registry = *registry_;
  saves_ = &CounterFamily(registry, "forewarn_state_saves_total", "Times that the learned state was saved.").Add({});
  save_failures_ = &CounterFamily(registry, "forewarn_state_save_failures_total", "Times that it could not be saved.");
  for (const char* reason : {"no_space", "forbidden", "locked", "io"}) save_failures_->Add({{"reason", reason}});
  restore_failures_ = &CounterFamily(registry, "forewarn_state_restore_failures_total",
                                     "Times that a saved state could not be used and everything was learned anew.");
  for (const char* reason : {"damaged", "version", "foreign", "future", "forbidden", "locked", "io"}) {
    restore_failures_->Add({{"reason", reason}});
  }
  state_size_ = &OneGauge(registry, "forewarn_state_size_bytes", "Size of the state that was last saved.");
  state_time_ = &OneGauge(registry, "forewarn_state_last_save_timestamp_seconds", "When the state was last saved.");
  restored_ = &OneGauge(registry, "forewarn_state_restored_timestamp_seconds",
                        "Until when the state had learned with which this process began; 0: it began without one.");
}

void SelfMetrics::StateSaved(std::size_t bytes, base::WallTime now) {
  saves_->Increment();
  state_size_->Set(static_cast<double>(bytes));
  state_time_->Set(base::ToSeconds(now));
}

void SelfMetrics::StateSaveFailed(const std::string& reason) { save_failures_->Add({{"reason", reason}}).Increment(); }

void SelfMetrics::StateRestored(double time) { restored_->Set(time); }

void SelfMetrics::StateRestoreFailed(const std::string& reason) {
  restore_failures_->Add({{"reason", reason}}).Increment();
}

void SelfMetrics::SetSignals(const std::vector<std::string>& names) {
  for (const auto& name : names) {
    for (const char* reason : kReasons) {
      errors_->Add({{"signal", name}, {"reason", reason}});
    }
  }
}

void SelfMetrics::TickSucceeded(base::Duration took, base::WallTime now) {
  ticks_->Increment();
  duration_->Observe(base::ToSeconds(took));
  last_success_->Set(base::ToSeconds(now));
  up_->Set(1);
}

void SelfMetrics::TickFailed(base::Duration took) {
  ticks_->Increment();
  failures_->Increment();
  duration_->Observe(base::ToSeconds(took));
  up_->Set(0);
}

void SelfMetrics::SourceFailed(const std::string& signal, base::ErrorCode code) {
  errors_->Add({{"signal", signal}, {"reason", ReasonOf(code)}}).Increment();
}

void SelfMetrics::SeriesReceived(std::size_t count) { series_->Set(static_cast<double>(count)); }

void SelfMetrics::SeriesDropped(const std::string& reason, std::size_t count) {
  dropped_->Add({{"reason", reason}}).Increment(static_cast<double>(count));
}

void SelfMetrics::SourceWarned(std::size_t count) { warnings_->Increment(static_cast<double>(count)); }

void SelfMetrics::ReloadSucceeded(base::WallTime now) {
  reload_ok_->Set(1);
  reload_time_->Set(base::ToSeconds(now));
}

void SelfMetrics::ReloadFailed() { reload_ok_->Set(0); }

SelfMetrics::Standing SelfMetrics::Look() const {
  Standing standing;
  standing.up = up_->Value() > 0;
  standing.training = training_->Value() > 0;
  standing.reload_failed = reload_ok_->Value() == 0;
  standing.ticks = ticks_->Value(), standing.failures = failures_->Value();
  standing.series = series_->Value(), standing.last_success = last_success_->Value();
  standing.history = trained_history_->Value(), standing.values = trained_values_->Value();
  standing.restored = restored_->Value(), standing.saved = state_time_->Value();
  return standing;
}

}  // namespace forewarn::publish
