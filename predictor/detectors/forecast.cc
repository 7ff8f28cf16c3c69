// SPDX-License-Identifier: Apache-2.0
#include "predictor/detectors/forecast.h"

#include <algorithm>
#include <cmath>

namespace forewarn::detectors {
namespace {

using telemetry::IsMissing;
using telemetry::kMissing;

constexpr std::uint32_t kVersion = 1;
constexpr double kWarmUp = 20, kWarmUpTicks = 10;      // s, ticks: before that a series is not judged
constexpr double kMemory = 600, kMemoryTicks = 120;    // of level and scale
constexpr double kPatience = 60, kPatienceTicks = 20;  // residuals on one side for that long are a new level
constexpr double kQuantile = 0.98;                     // where the tail begins
constexpr double kAlarmProbability = 1e-5;             // of one value under the tail: score 1.0
constexpr double kFar = 3;                             // scales
constexpr double kMaxScore = 10;

// The tail probability of a residual of `z` scales, as a score: linear in its logarithm, 1.0 at kAlarmProbability.
double TailScore(double z, double threshold, double excess) {
  const double at_threshold = std::log(1 - kQuantile) / std::log(kAlarmProbability);
  if (z <= threshold) return at_threshold * z / threshold;
  const double log_tail = std::log(1 - kQuantile) - (z - threshold) / excess;
  return std::min(log_tail / std::log(kAlarmProbability), kMaxScore);
}

// The z at which TailScore is 1.0.
double AlarmZ(double threshold, double excess) {
  return threshold + excess * (std::log(1 - kQuantile) - std::log(kAlarmProbability));
}

}  // namespace

bool Forecast::Warm(const State& state) const {
  return state.seen >= kWarmUpTicks && state.last - state.since >= cadence_.Window(kWarmUp, kWarmUpTicks);
}

// A flat series has no scale of its own: a thousandth of its level stands for rounding and jitter.
double Forecast::Scale(const State& state) {
  return std::max({static_cast<double>(state.scale), 1e-3 * std::abs(state.level), 1e-9});
}

Anomaly Forecast::Judge(const State& state, double value) {
  const double scale = Scale(state);
  const double z = std::abs(value - state.level) / scale;
  const double band = scale * AlarmZ(state.threshold, state.excess);
  return {TailScore(z, state.threshold, state.excess), state.level, state.level - band, state.level + band};
}

void Forecast::Score(const telemetry::Snapshot& snapshot, AnomalyColumns& columns) const {
  columns.resize(snapshot.columns.size());
  for (std::size_t signal = 0; signal < snapshot.columns.size(); ++signal) {
    const auto& values = snapshot.columns[signal];
    auto& column = columns[signal];
    column.assign(values.size(), Anomaly{kMissing, kMissing, kMissing, kMissing});
    if (signal >= states_.size()) continue;
    const auto& states = states_[signal];
    for (std::size_t i = 0; i < std::min(values.size(), states.size()); ++i) {
      if (!IsMissing(values[i]) && Warm(states[i])) column[i] = Judge(states[i], values[i]);
    }
  }
}

void Forecast::Learn(const telemetry::Snapshot& snapshot, const Mask& mask) {
  cadence_.Advance(snapshot.time);
  if (states_.size() < snapshot.columns.size()) states_.resize(snapshot.columns.size());
  for (std::size_t signal = 0; signal < snapshot.columns.size(); ++signal) {
    const auto& values = snapshot.columns[signal];
    auto& states = states_[signal];
    if (states.size() < values.size()) states.resize(values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (!std::isfinite(values[i]) || (i < mask.size() && mask[i])) continue;
      Absorb(states[i], snapshot.time, values[i]);
    }
  }
}

void Forecast::Absorb(State& state, double time, double value) const {
  if (state.seen == 0) {
    state.since = state.last = time;
    state.level = value;
    state.seen = 1;
    return;
  }
  const double elapsed = std::min(time - state.last, 5 * std::max(cadence_.tick(), 1e-3));
  state.last = time;
  state.seen = std::min(state.seen + 1, 1e6f);
  const double residual = value - state.level;
  const double scale = Scale(state);
  const double z = std::abs(residual) / scale;

  // A young series learns as a plain mean does; an older one forgets with its memory.
  const double rate =
      std::max(1 / static_cast<double>(state.seen), 1 - std::exp(-elapsed / cadence_.Window(kMemory, kMemoryTicks)));
  const double limit = kFar * scale;  // Huber: what is far pulls no harder than kFar scales
  const bool young = state.seen <= kWarmUpTicks;
  state.level += rate * (young ? residual : std::clamp(residual, -limit, limit));
  state.scale +=
      static_cast<float>(rate * ((young ? std::abs(residual) : std::min(std::abs(residual), limit)) - state.scale));
  if (young) return;

  const double step = 0.05 * state.threshold;
  state.threshold = static_cast<float>(
      std::clamp(state.threshold + (z > state.threshold ? step * kQuantile : -step * (1 - kQuantile)), 1.5, 20.0));
  if (z > state.threshold) {
    state.excess = static_cast<float>(
        std::clamp(state.excess + 0.05 * (std::min(z - state.threshold, 10.0) - state.excess), 0.3, 5.0));
  }

  // A level shift for good: far to the same side for the whole patience. The new level is taken, the scale kept.
  const double side = residual > 0 ? 1 : -1;
  if (z <= kFar) {
    state.one_sided = 0;
  } else {
    state.one_sided = static_cast<float>((state.one_sided * side > 0 ? state.one_sided : 0) + side * elapsed);
    if (std::abs(state.one_sided) >= cadence_.Window(kPatience, kPatienceTicks)) {
      state.level = value;
      state.one_sided = 0;
    }
  }
}

void Forecast::Save(Archive& archive) const {
  archive.Put(kVersion);
  archive.Put(cadence_);
  archive.PutColumns(states_);
}

base::Result<void> Forecast::Restore(Archive& archive) {
  *this = Forecast();
  Forecast restored;
  std::uint32_t version = 0;
  if (auto taken = archive.Take(version); !taken) return taken;
  if (version != kVersion) return base::Error{base::ErrorCode::kInvalid, "the saved forecast is of another version"};
  if (auto taken = archive.Take(restored.cadence_); !taken) return taken;
  if (auto taken = archive.TakeColumns(restored.states_); !taken) return taken;
  *this = std::move(restored);
  return {};
}

}  // namespace forewarn::detectors
