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

}  // namespace forewarn::detectors
