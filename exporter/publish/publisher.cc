// SPDX-License-Identifier: Apache-2.0
#include "exporter/publish/publisher.h"

namespace forewarn::publish {
namespace {

std::shared_ptr<const Report> ReportOf(const Tick& tick) {
  auto report = std::make_shared<Report>();
  report->time = tick.snapshot.time;
  report->rows.reserve(tick.output.predictions.size());
  for (const auto& prediction : tick.output.predictions) {
    const bool known = prediction.instance < tick.hypervisors.size();
    report->rows.push_back({tick.snapshot.instances->NameOf(prediction.instance),
                            known ? tick.hypervisors[prediction.instance] : "", prediction});
  }
  for (const auto& prediction : tick.output.hypervisors) {
    auto& joint = report->hypervisors.emplace_back(Report::Joint{prediction, {}});
    for (const auto instance : prediction.instances) joint.domains.push_back(tick.snapshot.instances->NameOf(instance));
  }
  return report;
}

}  // namespace

void Publisher::Publish(const Tick& tick) {
  auto published =
      std::make_shared<const Published>(Published{clock_.Steady(), renderer_.Render(tick), ReportOf(tick)});
  const std::lock_guard lock(mutex_);
  published_ = std::move(published);
}

void Publisher::SetMaxAge(base::Duration max_age) {
  const std::lock_guard lock(mutex_);
  max_age_ = max_age;
}

void Publisher::SetThresholds(const std::map<std::string, predictor::Thresholds>& thresholds) {
  std::string rendered = RenderThresholds(thresholds);
  const std::lock_guard lock(mutex_);
  thresholds_ = std::move(rendered);
}

std::shared_ptr<const Publisher::Published> Publisher::Fresh() const {
  return published_ && clock_.Steady() - published_->at <= max_age_ ? published_ : nullptr;
}

void Publisher::Append(metrics::Exposition, std::string& out) const {
  std::shared_ptr<const Published> fresh;
  {
    const std::lock_guard lock(mutex_);
    out += thresholds_;
    fresh = Fresh();
  }
  if (fresh) out += fresh->series;
}

std::shared_ptr<const Report> Publisher::Current() const {
  const std::lock_guard lock(mutex_);
  const auto fresh = Fresh();
  return fresh ? fresh->report : nullptr;
}

bool Publisher::HasPublished() const {
  const std::lock_guard lock(mutex_);
  return published_ != nullptr;
}

}  // namespace forewarn::publish
