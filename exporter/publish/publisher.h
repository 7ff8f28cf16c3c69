// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "common/base/clock.h"
#include "common/metrics/metrics.h"
#include "exporter/publish/report.h"
#include "predictor/predictor.h"

namespace forewarn::publish {

// Holds what the last successful tick said, until it is too old: then its series vanish, which Prometheus marks as
// stale, and the API has no report. Publishing is the tick's, on one thread; reading is anybody's and waits for nobody:
// what is being read stays as it is.
class Publisher : public metrics::BulkSource {
 public:
  explicit Publisher(const base::Clock& clock = base::SystemClock()) : clock_(clock) {}

  void Publish(const Tick& tick);
  // What was published longer ago than this is gone.
  void SetMaxAge(base::Duration max_age);
  // By fault.
  void SetThresholds(const std::map<std::string, predictor::Thresholds>& thresholds);

  void Append(metrics::Exposition exposition, std::string& out) const override;
  std::shared_ptr<const Report> Current() const;  // nullptr where there is none, or none that is fresh
  std::map<std::string, predictor::Thresholds> thresholds() const;
  bool HasPublished() const;  // ever

 private:
  struct Published {
    base::SteadyTime at;
    std::shared_ptr<const Report> report;  // nullptr: never
  };

  const base::Clock& clock_;
  mutable std::mutex mutex_;
  base::Duration max_age_ = base::Duration::max();
  std::map<std::string, predictor::Thresholds> thresholds_;
  std::string rendered_thresholds_;
  Published published_;
};

}  // namespace forewarn::publish
