// SPDX-License-Identifier: Apache-2.0
#include "webhook/engine/metrics.h"

#include "webhook/engine/reasons.h"
#include "webhook/guard/guard_rails.h"

namespace forewarn::engine {
namespace {

using prometheus::BuildCounter;
using prometheus::BuildGauge;
using prometheus::BuildHistogram;
using prometheus::Registry;

prometheus::Family<prometheus::Counter>& Counters(Registry& registry, const char* name, const char* help) {
  return BuildCounter().Name(name).Help(help).Register(registry);
}
prometheus::Counter& Counter(Registry& registry, const char* name, const char* help) {
  return Counters(registry, name, help).Add({});
}
prometheus::Family<prometheus::Gauge>& Gauges(Registry& registry, const char* name, const char* help) {
  return BuildGauge().Name(name).Help(help).Register(registry);
}
prometheus::Gauge& Gauge(Registry& registry, const char* name, const char* help) {
  return Gauges(registry, name, help).Add({});
}

const prometheus::Histogram::BucketBoundaries kBuckets{0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30};

}  // namespace

Metrics::Metrics(Registry& registry)
    : mitigations_(Counters(registry, "forewarn_mitigations_total", "Changes that have their outcome.")),
      active_(Gauges(registry, "forewarn_mitigation_active",
                     "1 while a change of this actuator is in force on the domain.")),
      refusals_(Counters(registry, "forewarn_guard_refusals_total", "Times that something said no, by its reason.")),
      alerts_(Counters(registry, "forewarn_alerts_total", "Alerts received that concern us, by their status.")),
      pages_(Counters(registry, "forewarn_pages_total", "Times that a person was needed.")),
      notifications_(Counter(registry, "forewarn_notifications_total", "Notifications accepted.")),
      deduplicated_(Counter(registry, "forewarn_deduplicated_total", "Firing alerts whose episode was open already.")),
      late_(Counter(registry, "forewarn_late_alerts_total", "Firing alerts that their resolved alert had overtaken.")),
      truncated_(Counter(registry, "forewarn_truncated_alerts_total", "Alerts that Alertmanager left out.")),
      ignored_(Counter(registry, "forewarn_ignored_alerts_total", "Alerts for others.")),
      rejected_(Counter(registry, "forewarn_rejected_alerts_total", "Alerts that could not be accepted.")),
      revert_failures_(Counter(registry, "forewarn_revert_failures_total", "Failed attempts to undo a change.")),
      last_notification_(
          Gauge(registry, "forewarn_last_notification_timestamp_seconds", "When the last notification was accepted.")),
      journal_up_(Gauge(registry, "forewarn_journal_up", "1 while the journal can be written.")),
      approvals_waiting_(Gauge(registry, "forewarn_approvals_waiting", "Mitigations that wait for a person to agree.")),
      actuator_durations_(BuildHistogram()
                              .Name("forewarn_actuator_duration_seconds")
                              .Help("Of the application of one change.")
                              .Register(registry)),
      actuator_p95_(
          Gauges(registry, "forewarn_actuator_duration_p95_seconds",
                 "95 % of the last applications took no longer; a plan skips what is slower than the fault.")),
      success_(Gauges(registry, "forewarn_mitigation_success_ratio",
                      "Probability that the actuator relieves the fault: the mean of its posterior.")),
      success_deviation_(Gauges(registry, "forewarn_mitigation_success_deviation_ratio",
                                "Standard deviation of the same posterior: how little is known.")),
      experiment_active_(Gauges(registry, "forewarn_experiment_active",
                                "1 while an experiment of ours may show on the domain, and for a while after it.")),
      injection_active_(
          Gauges(registry, "forewarn_injection_active", "1 while an experiment injects the fault into the domain.")),
      experiments_(Counters(registry, "forewarn_experiments_total", "Experiments that have their verdict.")),
      duration_(BuildHistogram()
                    .Name("forewarn_mitigation_duration_seconds")
                    .Help("From the receipt of an alert to the return of the first change it led to.")
                    .Register(registry)
                    .Add({}, kBuckets)) {
  for (const std::string_view reason : guard::Reasons()) refusals_.Add({{"reason", std::string(reason)}});
  for (const char* reason : kRefusalReasons) refusals_.Add({{"reason", reason}});
  for (const char* reason : kPageReasons) pages_.Add({{"reason", reason}});
  for (const char* status : {"firing", "resolved"}) alerts_.Add({{"status", status}});
  journal_up_.Set(1);
}

void Metrics::Expect(const plan::Policies& policies) {
  for (const auto& [fault, policy] : policies.by_fault()) {
    for (const plan::Step& step : policy.steps) {
      for (const std::string& actuator : step.actuators) {
        for (const journal::Outcome outcome : journal::kOutcomes) {
          mitigations_.Add({{"fault", fault}, {"actuator", actuator}, {"outcome", std::string(Name(outcome))}});
        }
      }
    }
    for (const journal::Verdict verdict : journal::kVerdicts) {
      experiments_.Add({{"fault", fault}, {"verdict", std::string(Name(verdict))}});
    }
  }
}

void Metrics::Received(const alerts::Notification& notification, base::WallTime now) {
  notifications_.Increment();
  last_notification_.Set(base::ToSeconds(now));
  truncated_.Increment(static_cast<double>(notification.truncated));
  ignored_.Increment(static_cast<double>(notification.ignored));
  rejected_.Increment(static_cast<double>(notification.rejected.size()));
  for (const alerts::Alert& alert : notification.alerts) {
    alerts_.Add({{"status", std::string(Name(alert.status))}}).Increment();
  }
}

void Metrics::Refused(const std::string& reason) { refusals_.Add({{"reason", reason}}).Increment(); }

void Metrics::Ended(const std::string& fault, const journal::Change& change) {
  mitigations_.Add({{"fault", fault}, {"actuator", change.actuator}, {"outcome", std::string(Name(change.outcome))}})
      .Increment();
}

void Metrics::Paged(const std::string& reason) { pages_.Add({{"reason", reason}}).Increment(); }

void Metrics::Applied(const std::string& actuator, base::Duration took, std::optional<base::Duration> p95) {
  actuator_durations_.Add({{"actuator", actuator}}, kBuckets).Observe(base::ToSeconds(took));
  if (p95) actuator_p95_.Add({{"actuator", actuator}}).Set(base::ToSeconds(*p95));
}

void Metrics::Began(const std::string& domain, const std::string& actuator) {
  active_.Add({{"domain", domain}, {"actuator", actuator}}).Set(1);
}

void Metrics::Believed(const std::string& fault, const std::string& actuator, const Experience::Belief& belief) {
  success_.Add({{"fault", fault}, {"actuator", actuator}}).Set(belief.mean);
  success_deviation_.Add({{"fault", fault}, {"actuator", actuator}}).Set(belief.deviation);
}

void Metrics::Covers(std::int64_t episode, const std::string& fault, const std::set<std::string>& domains) {
  std::lock_guard lock(mutex_);
  for (const std::string& domain : domains) {
    covered_[{domain, fault}].insert(episode);
    experiment_active_.Add({{"domain", domain}, {"fault", fault}}).Set(1);
  }
  for (auto at = covered_.begin(); at != covered_.end();) {
    auto& [covered, by] = *at;
    if (covered.second == fault && !domains.contains(covered.first)) by.erase(episode);
    if (by.empty()) experiment_active_.Remove(&experiment_active_.Add({{"domain", covered.first}, {"fault", fault}}));
    at = by.empty() ? covered_.erase(at) : std::next(at);
  }
}

void Metrics::Injects(const std::string& domain, const std::string& fault) {
  injection_active_.Add({{"domain", domain}, {"fault", fault}}).Set(1);
}

void Metrics::InjectsNoMore(const std::string& domain, const std::string& fault) {
  injection_active_.Remove(&injection_active_.Add({{"domain", domain}, {"fault", fault}}));
}

void Metrics::Judged(const std::string& fault, journal::Verdict verdict) {
  experiments_.Add({{"fault", fault}, {"verdict", std::string(Name(verdict))}}).Increment();
}

void Metrics::Stands(std::int64_t episode, journal::State state) {
  std::lock_guard lock(mutex_);
  if (state == journal::State::kWaiting) {
    waiting_.insert(episode);
  } else {
    waiting_.erase(episode);
  }
  approvals_waiting_.Set(static_cast<double>(waiting_.size()));
}

void Metrics::Undone(const std::string& domain, const std::string& actuator) {
  active_.Remove(&active_.Add({{"domain", domain}, {"actuator", actuator}}));
}

}  // namespace forewarn::engine
