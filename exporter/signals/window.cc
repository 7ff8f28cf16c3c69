// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "exporter/signals/backfill.h"

namespace forewarn::signals {

using promql::Series;
using telemetry::kMissing;

namespace {

std::string_view LabelOf(const Series& series, const std::string& name) {
  for (const auto& [label, value] : series.labels) {
    if (label == name) return value;
  }
  return {};
}

}  // namespace

Window::Window(const Steps& steps, const Settings& settings)
    : steps_(steps), settings_(settings), values_(settings.signals.size()), told_(steps.count) {}

std::size_t Window::StepOf(double time) const {
  const auto step = std::llround(time / steps_.step) - steps_.first;
  return step < 0 ? steps_.count : std::min(static_cast<std::size_t>(step), steps_.count);
}

// Calls `use` for each sample of a series that names an instance.
void Window::Visit(const Answer& answer, const std::function<void(std::size_t cell, const Series&, std::size_t)>& use) {
  std::fill(claims_.begin(), claims_.end(), 0);
  for (const Series& series : *answer) {
    const std::string_view domain = LabelOf(series, settings_.labels.domain);
    const std::size_t instance = domain.empty() ? 0 : instances_.SlotOf(domain);
    Grow();
    for (std::size_t i = 0; i < series.times.size(); ++i) {
      const std::size_t at = StepOf(series.times[i]);
      if (at == steps_.count) continue;
      if (domain.empty()) {
        ++told_[at].dropped.no_domain;
        continue;
      }
      const std::size_t cell = instance * steps_.count + at;
      present_[cell] = 1;
      // Each of several that claim one instance is dropped; the second tells of the first, too.
      constexpr std::uint8_t kMost = std::numeric_limits<std::uint8_t>::max();
      if (claims_[cell] > 0) told_[at].dropped.ambiguous += claims_[cell] == 1 ? 2 : 1;
      claims_[cell] = static_cast<std::uint8_t>(std::min<int>(claims_[cell] + 1, kMost));
      use(cell, series, i);
    }
  }
}

void Window::Grow() {
  const std::size_t cells = instances_.size() * steps_.count;
  if (present_.size() >= cells) return;
  present_.resize(cells, 0);
  claims_.resize(cells, 0);
}

void Window::Put(std::size_t cell, double value, std::vector<double>& values) {
  Told& told = told_[cell % steps_.count];
  ++told.rows;
  if (!std::isfinite(value)) ++told.dropped.not_finite;
  if (cell >= values.size()) values.resize(present_.size(), kMissing);
  values[cell] = claims_[cell] == 1 && std::isfinite(value) ? value : kMissing;
}

void Window::AddSignal(std::size_t index, const Answer& answer) {
  if (!answer) {
    errors_.push_back({settings_.signals[index].name, answer.error()});
    return;
  }
  ++answered_;
  Visit(answer, [&](std::size_t cell, const Series& series, std::size_t sample) {
    Put(cell, series.values[sample], values_[index]);
  });
}

void Window::AddHypervisors(const Answer& answer) {
  if (!answer) {
    errors_.push_back({"instances", answer.error()});
    return;
  }
  Visit(answer, [&](std::size_t cell, const Series& series, std::size_t) {
    if (cell >= runs_on_.size()) runs_on_.resize(present_.size(), kNowhere);
    runs_on_[cell] = claims_[cell] == 1 ? hypervisors_.SlotOf(LabelOf(series, settings_.labels.hypervisor)) : kNowhere;
  });
}

void Window::AddMask(const Question& question, const Answer& answer) {
  if (!answer) {
    mask_errors_.push_back({question.name, answer.error()});
    return;
  }
  for (const Series& series : *answer) {
    Row row{&question,
            std::string(LabelOf(series, settings_.labels.domain)),
            std::string(LabelOf(series, kFaultLabel)),
            {}};
    row.values.assign(steps_.count, kMissing);
    for (std::size_t i = 0; i < series.times.size(); ++i) {
      const std::size_t at = StepOf(series.times[i]);
      if (at < steps_.count) row.values[at] = series.values[i];
    }
    rows_.push_back(std::move(row));
  }
}

void Window::MarkAt(std::size_t step, Reading& reading) const {
  reading.masks.known = mask_errors_.empty();
  if (step == 0) reading.errors.insert(reading.errors.end(), mask_errors_.begin(), mask_errors_.end());
  for (const Row& row : rows_) {
    if (!telemetry::IsMissing(row.values[step]))
      Mark(*row.question, {row.domain, row.fault, row.values[step]}, reading);
  }
}

Reading Window::At(std::size_t step, const std::vector<std::uint32_t>& slots, const SlotOf& slot_of) const {
  Reading reading;
  reading.snapshot.time = steps_.TimeOf(step);
  reading.dropped = told_[step].dropped;
  reading.series = told_[step].rows;
  reading.answered = answered_;
  if (step == 0) reading.errors = errors_;
  auto& columns = reading.snapshot.columns;
  for (const auto slot : slots) columns.resize(std::max<std::size_t>(columns.size(), slot + 1));
  for (std::uint32_t instance = 0; instance < instances_.size(); ++instance) {
    const std::size_t cell = instance * steps_.count + step;
    if (present_[cell] == 0) continue;
    const std::size_t slot = slot_of(instances_.NameOf(instance));
    for (std::size_t signal = 0; signal < values_.size(); ++signal) {
      if (cell >= values_[signal].size() || telemetry::IsMissing(values_[signal][cell])) continue;
      auto& column = columns[slots[signal]];
      if (slot >= column.size()) column.resize(slot + 1, kMissing);
      column[slot] = values_[signal][cell];
    }
    if (cell >= runs_on_.size() || runs_on_[cell] == kNowhere) continue;
    if (slot >= reading.hypervisors.size()) reading.hypervisors.resize(slot + 1);
    reading.hypervisors[slot] = hypervisors_.NameOf(runs_on_[cell]);
  }
  return reading;
}

}  // namespace forewarn::signals
