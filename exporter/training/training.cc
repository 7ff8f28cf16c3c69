// SPDX-License-Identifier: Apache-2.0
#include "exporter/training/training.h"

#include <algorithm>
#include <cmath>

namespace forewarn::training {
namespace {

std::size_t ValuesOf(const telemetry::Snapshot& snapshot) {
  std::size_t values = 0;
  for (const auto& column : snapshot.columns) {
    values += static_cast<std::size_t>(
        std::count_if(column.begin(), column.end(), [](double value) { return !telemetry::IsMissing(value); }));
  }
  return values;
}

}  // namespace

predictor::Circumstances CircumstancesOf(const signals::Reading& reading) {
  predictor::Circumstances circumstances;
  circumstances.masked = reading.masks.masked;
  circumstances.mitigated = reading.masks.mitigated;
  circumstances.hypervisors = reading.hypervisors;
  circumstances.known = reading.masks.known;
  for (const auto& [instance, fault] : reading.injections) circumstances.injections.push_back({instance, fault});
  for (const auto& [fault, actuator, mean, deviation] : reading.successes)
    circumstances.successes.push_back({fault, actuator, {mean, deviation}});
  return circumstances;
}

Settings Decode(const config::Map& map) {
  Settings settings;
  settings.history = map.Duration("history", settings.history);
  if (const auto step = map.Find("step")) {
    settings.step = step->Duration();
    if (settings.step < std::chrono::seconds(1)) step->Fail("must be at least 1s");
  }
  return settings;
}

Training::Training(const Settings& settings, base::Duration tick, double known)
    : history_(base::ToSeconds(settings.history)),
      step_(base::ToSeconds(settings.step > base::Duration() ? settings.step : tick)),
      covered_(known) {}

// Multiples of the step, as the ticks' times are: the first that is not covered, to the last that is past.
std::optional<signals::Range> Training::Next(double now) const {
  const double oldest = std::max(std::ceil((now - history_) / step_), std::floor(covered_ / step_) + 1);
  const double newest = std::min(std::floor(now / step_), oldest + kPieceSteps - 1);
  if (history_ <= 0 || newest < oldest) return std::nullopt;
  return signals::Range{.start = oldest * step_, .end = newest * step_, .step = step_};
}

base::Result<void> Training::Learn(const signals::Range& piece, signals::Reader& reader,
                                   predictor::Predictor& predictor) {
  covered_ = piece.end;
  return reader.ReadRange(piece, [&](const signals::Reading& reading) {
    errors_.insert(errors_.end(), reading.errors.begin(), reading.errors.end());
    const std::size_t values = ValuesOf(reading.snapshot);
    if (values == 0) return;  // before the source's beginning, or it was down: not a tick, as a failed one is none
    predictor.Tick(reading.snapshot, CircumstancesOf(reading));
    learned_.until = reading.snapshot.time;
    if (learned_.ticks++ == 0) learned_.from = learned_.until;
    if (reading.masks.known) learned_.values += values;
  });
}

}  // namespace forewarn::training
