// SPDX-License-Identifier: Apache-2.0
#include "exporter/publish/publisher.h"

#include <utility>

#include "exporter/publish/renderer.h"

namespace forewarn::publish {
// The one before it goes once the lock is left: there is much to free.
void Publisher::Publish(const Tick& tick) {
  Published next{clock_.Steady(), ReportOf(tick, published_.report.get())};
  const std::lock_guard lock(mutex_);
  std::swap(published_, next);
}

void Publisher::SetMaxAge(base::Duration max_age) {
  const std::lock_guard lock(mutex_);
  max_age_ = max_age;
}

void Publisher::SetThresholds(const std::map<std::string, predictor::Thresholds>& thresholds) {
  std::string rendered = RenderThresholds(thresholds);
  const std::lock_guard lock(mutex_);
  thresholds_ = thresholds;
  rendered_thresholds_ = std::move(rendered);
}

void Publisher::Append(metrics::Exposition, std::string& out) const {
  {
    const std::lock_guard lock(mutex_);
    out += rendered_thresholds_;
  }
  if (const auto report = Current()) AppendSeries(*report, out);
}

std::shared_ptr<const Report> Publisher::Current() const {
  const std::lock_guard lock(mutex_);
  const bool fresh = clock_.Steady() - published_.at <= max_age_;
  return fresh ? published_.report : nullptr;
}

std::map<std::string, predictor::Thresholds> Publisher::thresholds() const {
  const std::lock_guard lock(mutex_);
  return thresholds_;
}

bool Publisher::HasPublished() const {
  const std::lock_guard lock(mutex_);
  return published_.report != nullptr;
}

}  // namespace forewarn::publish
