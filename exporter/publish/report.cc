// SPDX-License-Identifier: Apache-2.0
#include "exporter/publish/report.h"

#include <algorithm>

namespace forewarn::publish {
namespace {

std::shared_ptr<const Domains> DomainsOf(const telemetry::Names& instances, const Report* last) {
  if (last && last->domains->of == &instances && last->domains->names.size() == instances.size()) return last->domains;
  auto domains = std::make_shared<Domains>();
  domains->of = &instances;
  for (std::uint32_t slot = 0; slot < instances.size(); ++slot) {
    domains->names.push_back(instances.NameOf(slot));
    domains->labels.Add(instances.NameOf(slot));
  }
  return domains;
}

// Instances with a value.
std::size_t CountPresent(const telemetry::Snapshot& snapshot) {
  std::vector<std::uint8_t> present(snapshot.instances->size());
  for (const auto& column : snapshot.columns) {
    for (std::size_t slot = 0; slot < column.size(); ++slot)
      present[slot] |= telemetry::IsMissing(column[slot]) ? 0 : 1;
  }
  return static_cast<std::size_t>(std::count(present.begin(), present.end(), 1));
}

std::vector<float> ValuesOf(const telemetry::Snapshot& snapshot, std::uint32_t signal, std::size_t instances) {
  std::vector<float> values(instances);
  for (std::uint32_t slot = 0; slot < instances; ++slot) values[slot] = static_cast<float>(snapshot.At(signal, slot));
  return values;
}

}  // namespace

std::shared_ptr<const Report> ReportOf(const Tick& tick, const Report* last) {
  auto report = std::make_shared<Report>();
  report->time = tick.snapshot.time;
  report->domains = DomainsOf(*tick.snapshot.instances, last);
  for (std::uint32_t s = 0; s < tick.output.signals.size(); ++s) {
    report->signals.push_back(tick.snapshot.signals->NameOf(s));
    report->states.push_back(std::move(tick.output.signals[s]));
    report->forecasts.push_back(std::move(tick.output.signals.forecasts[s]));
    report->values.push_back(ValuesOf(tick.snapshot, s, report->states.back().size()));
  }
  report->hypervisors = tick.hypervisors;
  report->predictions = std::move(tick.output.predictions);
  report->experiments = std::move(tick.output.experiments);
  report->joint = std::move(tick.output.hypervisors);
  const std::size_t present = CountPresent(tick.snapshot);
  report->judged = std::min(present, tick.output.instances.size());
  report->warming = present - report->judged;
  return report;
}

}  // namespace forewarn::publish
