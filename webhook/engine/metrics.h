// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "webhook/alerts/alert.h"
#include "webhook/engine/experience.h"
#include "webhook/journal/episode.h"
#include "webhook/plan/policy.h"

namespace forewarn::engine {

// The series of what was received, refused and done. All that can be named beforehand exists from the start at 0.
// Thread-safe.
class Metrics {
 public:
  explicit Metrics(prometheus::Registry& registry);
  void Expect(const plan::Policies& policies);  // the outcomes that these policies can have

  void ExpectRefusal(const char* reason) { refusals_.Add({{"reason", reason}}); }

  void Received(const alerts::Notification& notification, base::WallTime now);
  void Deduplicated() { deduplicated_.Increment(); }
  void Late() { late_.Increment(); }
  void Refused(const std::string& reason);
  void Ended(const std::string& fault, const journal::Change& change);  // a change has its outcome
  void Paged(const std::string& reason);
  void RevertFailed() { revert_failures_.Increment(); }
  void JournalUp(double up) { journal_up_.Set(up); }
  void Took(base::Duration alert_to_effect) { duration_.Observe(base::ToSeconds(alert_to_effect)); }
  // A change was applied: how long it took, and 95 % of the last ones.
  void Applied(const std::string& actuator, base::Duration took, std::optional<base::Duration> p95);
  void Began(const std::string& domain, const std::string& actuator);  // a change is in force
  void Believed(const std::string& fault, const std::string& actuator, const Experience::Belief& belief);
  // Of an experiment: all domains that it may show on, and the one that something is injected into now.
  void Covers(std::int64_t episode, const std::string& fault, const std::set<std::string>& domains);
  void Injects(const std::string& domain, const std::string& fault);
  void InjectsNoMore(const std::string& domain, const std::string& fault);
  void Judged(const std::string& fault, journal::Verdict verdict);
  void Stands(std::int64_t episode, journal::State state);  // of what this process holds
  void Undone(const std::string& domain, const std::string& actuator);

 private:
  prometheus::Family<prometheus::Counter>& mitigations_;
  prometheus::Family<prometheus::Gauge>& active_;
  prometheus::Family<prometheus::Counter>& refusals_;
  prometheus::Family<prometheus::Counter>& alerts_;
  prometheus::Family<prometheus::Counter>& pages_;
  prometheus::Counter &notifications_, &deduplicated_, &late_, &truncated_, &ignored_, &rejected_, &revert_failures_;
  prometheus::Gauge &last_notification_, &journal_up_, &approvals_waiting_;
  prometheus::Family<prometheus::Histogram>& actuator_durations_;
  prometheus::Family<prometheus::Gauge>& actuator_p95_;
  prometheus::Family<prometheus::Gauge>&success_, &success_deviation_, &experiment_active_, &injection_active_;
  prometheus::Family<prometheus::Counter>& experiments_;
  prometheus::Histogram& duration_;
  std::mutex mutex_;
  std::set<std::int64_t> waiting_;                      // episodes, for a person
  using Covered = std::pair<std::string, std::string>;  // domain and fault
  std::map<Covered, std::set<std::int64_t>> covered_;   // by which episodes
};

}  // namespace forewarn::engine
