// SPDX-License-Identifier: Apache-2.0
#include "predictor/incident.h"

#include <algorithm>
#include <cmath>
#include <functional>

namespace forewarn::predictor {
namespace {

using telemetry::IsMissing;
using telemetry::kMissing;

constexpr double kHour = 3600;
constexpr double kAlarm = 5.25;                     // nats, at one tick an hour; faster ticks need the more
constexpr double kLatch = 32400, kLatchMost = 450;  // s, at most so many ticks
constexpr double kLatchLeast = 36;                  // ticks
constexpr double kWorse = 0.5;                      // nats above the record that are news within the latch's window
constexpr std::size_t kFewSignals = 4, kMostWitnesses = 5;
constexpr double kFurther = 0.6;  // of a further witness's surprise counts
constexpr double kMany = 4.5;     // nats more from an instance of many signals: their bursts are common
constexpr double kBelow = 0.99;   // the score of what would alarm if it had not done so already

// A window long enough for one fault to end, in s.
double LatchWindow(double tick) { return std::max(std::min(kLatch, kLatchMost * tick), kLatchLeast * tick); }

double AlarmLevel(double tick) { return kAlarm + std::log(kHour / std::max(tick, 1e-3)); }

// Of the newest three surprises of a signal the one in the middle: what only one of them shows is not there to stay.
float Lasting(float now, float before, float earlier) {
  return std::max(std::min(now, before), std::min(std::max(now, before), earlier));
}

float At(const detectors::SurpriseColumns& columns, std::size_t signal, std::uint32_t instance) {
  if (signal >= columns.size() || instance >= columns[signal].size()) return 0;
  return IsMissing(columns[signal][instance]) ? 0 : columns[signal][instance];
}

// -ln of the chance that some of many signals are as strange as these, the strangest first: for each number of them the
// binomial bound (after Berk and Jones, 1979), the further ones at a discount, since the signals of one instance move
// together.
double SurpriseOfMany(const std::vector<float>& strangest, std::size_t signals) {
  double highest = 0, choices = 0;  // ln of the ways to choose so many of them
  for (std::size_t k = 1; k <= strangest.size(); ++k) {
    choices += std::log(static_cast<double>(signals - k + 1) / static_cast<double>(k));
    if (k < 2) continue;  // one witness is none
    highest = std::max(highest, (1 + kFurther * static_cast<double>(k - 1)) * strangest[k - 1] - choices);
  }
  return std::max(highest - kMany, 0.0);
}

}  // namespace

// Of a few signals the strangest counts at once; of many, several have to agree and to last. kMissing: none is judged.
double Incidents::SurpriseOf(std::uint32_t instance) {
  of_one_.clear();
  double highest = 0;
  for (std::size_t signal = 0; signal < surprises_.size(); ++signal) {
    const auto& column = surprises_[signal];
    if (instance >= column.size() || IsMissing(column[instance])) continue;
    highest = std::max<double>(highest, column[instance]);
    of_one_.push_back(Lasting(column[instance], At(before_, signal, instance), At(earlier_, signal, instance)));
  }
  const std::size_t signals = of_one_.size();
  if (signals == 0) return kMissing;
  if (signals < kFewSignals) return std::max(highest - std::log(static_cast<double>(signals)), 0.0);
  const auto witnesses = static_cast<std::ptrdiff_t>(std::min(signals, kMostWitnesses));
  std::partial_sort(of_one_.begin(), of_one_.begin() + witnesses, of_one_.end(), std::greater<>());
  of_one_.resize(static_cast<std::size_t>(witnesses));
  return SurpriseOfMany(of_one_, signals);
}

double Incidents::ScoreOf(Latch& latch, double surprise, double time) const {
  const double ratio = surprise / AlarmLevel(cadence_.tick());
  if (ratio < 1) return kBelow * ratio;
  const bool latched = time - latch.since < LatchWindow(cadence_.tick());
  const bool alarms = !latched || surprise > latch.record + kWorse;
  if (alarms) latch.record = surprise;
  latch.since = time;
  return alarms ? ratio : 1 - (1 - kBelow) / ratio;
}

const std::vector<InstanceState>& Incidents::Tick(const telemetry::Snapshot& snapshot, const detectors::Mask& mask) {
  cadence_.Advance(snapshot.time);
  std::swap(earlier_, before_);
  std::swap(before_, surprises_);
  novelty_.Tick(snapshot, mask, surprises_);
  states_.clear();
  const std::uint32_t instances = snapshot.instances->size();
  if (latches_.size() < instances) latches_.resize(instances);
  for (std::uint32_t i = 0; i < instances; ++i) {
    const double surprise = SurpriseOf(i);
    if (!IsMissing(surprise)) states_.push_back({i, ScoreOf(latches_[i], surprise, snapshot.time)});
  }
  return states_;
}

void Incidents::Save(detectors::Archive& archive) const {
  novelty_.Save(archive);
  archive.Put(cadence_);
  archive.PutInstances(latches_);
  for (const auto* columns : {&surprises_, &before_}) {
    archive.Put<std::uint64_t>(columns->size());
    for (const auto& column : *columns) archive.PutInstances(column);
  }
}

base::Result<void> Incidents::Restore(detectors::Archive& archive) {
  *this = Incidents();
  Incidents restored;
  if (auto taken = restored.novelty_.Restore(archive); !taken) return taken;
  if (auto taken = archive.Take(restored.cadence_); !taken) return taken;
  if (auto taken = archive.TakeInstances(restored.latches_); !taken) return taken;
  for (auto* columns : {&restored.surprises_, &restored.before_}) {
    std::uint64_t signals = 0;
    if (auto taken = archive.Take(signals); !taken) return taken;
    for (std::uint64_t i = 0; i < signals; ++i) {
      if (auto taken = archive.TakeInstances(columns->emplace_back()); !taken) return taken;
    }
  }
  *this = std::move(restored);
  return {};
}

}  // namespace forewarn::predictor
