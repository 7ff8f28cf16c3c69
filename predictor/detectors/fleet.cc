// SPDX-License-Identifier: Apache-2.0
#include "predictor/detectors/fleet.h"

namespace forewarn::detectors {
namespace {

constexpr double kSlow = 7 * 86400, kSlowTicks = 10000;  // s, ticks
constexpr double kFast = 7200, kFastTicks = 120;
constexpr double kSmooth = 1800, kSmoothTicks = 40;

}  // namespace

void Pace::Advance(double time) {
  if (telemetry::IsMissing(cadence_.Advance(time))) return;
  const auto rate = [&](double window, double ticks) {
    return 1 - std::exp(-cadence_.tick() / cadence_.Window(window, ticks));
  };
  slow_ = rate(kSlow, kSlowTicks);
  fast_ = rate(kFast, kFastTicks);
  smooth_ = rate(kSmooth, kSmoothTicks);
}

void Baselines::Learn(const telemetry::Snapshot& snapshot, const Mask& mask, double rate) {
  if (columns_.size() < snapshot.columns.size()) columns_.resize(snapshot.columns.size());
  if (known_.size() < snapshot.instances->size()) known_.resize(snapshot.instances->size());
  for (std::size_t s = 0; s < snapshot.columns.size(); ++s) {
    const auto& values = snapshot.columns[s];
    if (columns_[s].size() < values.size()) columns_[s].resize(values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (!std::isfinite(values[i]) || IsMasked(mask, i)) continue;
      if (columns_[s][i].seen() == 0) ++known_[i];
      columns_[s][i].Learn(values[i], rate);
    }
  }
}

void Baselines::Normalise(const telemetry::Snapshot& snapshot, std::size_t width, std::vector<double>& rows) const {
  rows.assign(snapshot.instances->size() * width, telemetry::kMissing);
  for (std::size_t s = 0; s < std::min(snapshot.columns.size(), columns_.size()); ++s) {
    const auto& values = snapshot.columns[s];
    const auto& baselines = columns_[s];
    for (std::size_t i = 0; i < std::min(values.size(), baselines.size()); ++i) {
      if (std::isfinite(values[i])) rows[i * width + s] = baselines[i].Normalised(values[i]);
    }
  }
}

std::vector<std::uint32_t> Baselines::SignalsOf(std::uint32_t instance) const {
  std::vector<std::uint32_t> signals;
  for (std::uint32_t s = 0; s < columns_.size(); ++s) {
    if (instance < columns_[s].size() && columns_[s][instance].seen() > 0) signals.push_back(s);
  }
  return signals;
}

void Baselines::Save(Archive& archive) const {
  archive.PutInstances(known_);
  archive.PutColumns(columns_);
}

base::Result<void> Baselines::Restore(Archive& archive) {
  if (auto taken = archive.TakeInstances(known_); !taken) return taken;
  return archive.TakeColumns(columns_);
}

void Fleet::See(const telemetry::Snapshot& snapshot) {
  if (snapshot.time == seen_) return;
  seen_ = snapshot.time;
  pace_.Advance(snapshot.time);
  width_ = std::max<std::size_t>(snapshot.columns.size(), 1);
  baselines_.Normalise(snapshot, width_, rows_);
}

void Fleet::Learn(const telemetry::Snapshot& snapshot, const Mask& mask) {
  if (snapshot.time == learned_) return;
  learned_ = snapshot.time;
  baselines_.Learn(snapshot, mask, pace_.slow());
}

void Fleet::Save(Archive& archive) const {
  archive.Put(pace_);
  baselines_.Save(archive);
}

base::Result<void> Fleet::Restore(Archive& archive) {
  if (auto taken = archive.Take(pace_); !taken) return taken;
  return baselines_.Restore(archive);
}

}  // namespace forewarn::detectors
