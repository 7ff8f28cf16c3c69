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
constexpr double kWorse = 1;                        // nats above the record that are news within the latch's window
constexpr double kBelow = 0.99;                     // the score of what would alarm if it had not done so already

// A window long enough for one fault to end, in s.
double LatchWindow(double tick) { return std::max(std::min(kLatch, kLatchMost * tick), kLatchLeast * tick); }

double AlarmLevel(double tick) { return kAlarm + std::log(kHour / std::max(tick, 1e-3)); }

// How many signals have to agree: all of a few, and the more the more there are to look at.
std::size_t Witnesses(std::size_t signals) { return signals < 4 ? 1 : signals < 16 ? 2 : 3; }

}  // namespace

// The mean of the strangest signals, less what looking at many signals costs (Bonferroni). kMissing: none is judged.
double Incidents::SurpriseOf(std::uint32_t instance) {
  of_one_.clear();
  for (const auto& column : surprises_) {
    if (instance < column.size() && !IsMissing(column[instance])) of_one_.push_back(column[instance]);
  }
  if (of_one_.empty()) return kMissing;
  const auto witnesses = static_cast<std::ptrdiff_t>(Witnesses(of_one_.size()));
  std::partial_sort(of_one_.begin(), of_one_.begin() + witnesses, of_one_.end(), std::greater<>());
  double sum = 0;
  for (std::ptrdiff_t i = 0; i < witnesses; ++i) sum += of_one_[static_cast<std::size_t>(i)];
  return std::max(sum / static_cast<double>(witnesses) - std::log(static_cast<double>(of_one_.size())), 0.0);
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
  novelty_.Score(snapshot, surprises_);
  states_.clear();
  const std::uint32_t instances = snapshot.instances->size();
  if (latches_.size() < instances) latches_.resize(instances);
  for (std::uint32_t i = 0; i < instances; ++i) {
    const double surprise = SurpriseOf(i);
    if (!IsMissing(surprise)) states_.push_back({i, ScoreOf(latches_[i], surprise, snapshot.time)});
  }
  novelty_.Learn(snapshot, mask);
  return states_;
}

void Incidents::Save(detectors::Archive& archive) const {
  novelty_.Save(archive);
  archive.Put(cadence_);
  archive.PutInstances(latches_);
}

base::Result<void> Incidents::Restore(detectors::Archive& archive) {
  *this = Incidents();
  Incidents restored;
  if (auto taken = restored.novelty_.Restore(archive); !taken) return taken;
  if (auto taken = archive.Take(restored.cadence_); !taken) return taken;
  if (auto taken = archive.TakeInstances(restored.latches_); !taken) return taken;
  *this = std::move(restored);
  return {};
}

}  // namespace forewarn::predictor
