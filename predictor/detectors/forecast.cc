// SPDX-License-Identifier: Apache-2.0
#include "predictor/detectors/forecast.h"

#include <algorithm>
#include <cmath>

namespace forewarn::detectors {
namespace {

using telemetry::IsMissing;

constexpr std::uint32_t kVersion = 2;
constexpr int kMany = 60000;
constexpr double kWarmUp = 20, kWarmUpTicks = 10;      // s, ticks: before that a series is not judged
constexpr double kMemory = 600, kMemoryTicks = 120;    // of level and scale
constexpr double kPatience = 60, kPatienceTicks = 20;  // residuals on one side for that long are a new level
constexpr double kQuantile = 0.98;                     // where the tail begins
constexpr double kAlarmProbability = 1e-5;             // of one value under the tail: score 1.0
constexpr double kFar = 3;                             // scales
constexpr double kMaxScore = 10;

const double kAtThreshold = std::log(1 - kQuantile) / std::log(kAlarmProbability);  // the score there
const double kPerExcess = -1 / std::log(kAlarmProbability);                         // score per excess beyond it

// The tail probability of a residual of `z` scales, as a score: linear in its logarithm, 1.0 at kAlarmProbability.
double TailScore(double z, double threshold, double excess) {
  if (z <= threshold) return kAtThreshold * z / threshold;
  return std::min(kAtThreshold + kPerExcess * (z - threshold) / excess, kMaxScore);
}

// The z at which TailScore is 1.0.
double AlarmZ(double threshold, double excess) { return threshold + excess * (1 - kAtThreshold) / kPerExcess; }

}  // namespace

bool Forecast::Warm(const State& state) const {
  return state.seen >= kWarmUpTicks && state.since * cadence_.tick() >= cadence_.Window(kWarmUp, kWarmUpTicks);
}

// A flat series has no scale of its own: a thousandth of its level stands for rounding and jitter.
double Forecast::Scale(const State& state) {
  return std::max({static_cast<double>(state.scale), 1e-3 * std::abs(static_cast<double>(state.level)), 1e-9});
}

Anomaly Forecast::Judge(const State& state, double value) {
  const double scale = Scale(state);
  const double z = std::abs(value - state.level) / scale;
  return {static_cast<float>(TailScore(z, state.threshold, state.excess)), state.level,
          static_cast<float>(scale * AlarmZ(state.threshold, state.excess))};
}

void Forecast::Score(const telemetry::Snapshot& snapshot, AnomalyColumns& columns) {
  for (std::size_t signal = 0; signal < std::min(snapshot.columns.size(), states_.size()); ++signal) {
    const auto& values = snapshot.columns[signal];
    const auto& states = states_[signal];
    for (std::size_t i = 0; i < std::min(values.size(), states.size()); ++i) {
      if (IsMissing(values[i]) || !Warm(states[i])) continue;
      const Anomaly anomaly = Judge(states[i], values[i]);
      columns.forecasts[signal][i] = anomaly.expectation();
      if (columns.IsNews(signal, i, anomaly.score)) columns.Say(signal, i, anomaly);
    }
  }
}

void Forecast::SetPaces(double elapsed) {
  const double tick = std::max(cadence_.tick(), 1e-3), longest = kGapTicks * tick;
  for (std::size_t ticks = 0; ticks < paces_.size(); ++ticks) {
    Pace& pace = paces_[ticks];
    pace.elapsed = std::min(ticks <= 1 && elapsed > 0 ? elapsed : static_cast<double>(ticks) * tick, longest);
    pace.rate = 1 - std::exp(-pace.elapsed / cadence_.Window(kMemory, kMemoryTicks));
  }
}

void Forecast::Learn(const telemetry::Snapshot& snapshot, const Mask& mask) {
  SetPaces(cadence_.Advance(snapshot.time));
  ++ticks_;
  if (states_.size() < snapshot.columns.size()) states_.resize(snapshot.columns.size());
  for (std::size_t signal = 0; signal < snapshot.columns.size(); ++signal) {
    const auto& values = snapshot.columns[signal];
    auto& states = states_[signal];
    if (states.size() < values.size()) states.resize(values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (!std::isfinite(values[i]) || (i < mask.size() && mask[i])) continue;
      Absorb(states[i], values[i]);
    }
  }
}

void Forecast::Absorb(State& state, double value) const {
  const auto ticks = static_cast<std::uint16_t>(ticks_ - state.tick);
  state.tick = ticks_;
  if (state.seen == 0) {
    state.level = static_cast<float>(value);
    state.seen = 1;
    return;
  }
  const Pace& pace = paces_[std::min<std::size_t>(ticks, kGapTicks)];
  state.seen = static_cast<std::uint16_t>(std::min(state.seen + 1, kMany));
  state.since = static_cast<std::uint16_t>(std::min(state.since + ticks, kMany));
  const double residual = value - state.level;
  const double scale = Scale(state);
  const double z = std::abs(residual) / scale;
  AbsorbLevel(state, residual, scale, pace.rate);
  if (state.seen <= kWarmUpTicks) return;
  AbsorbTail(state, z);

  // A level shift for good: far to the same side for the whole patience. The new level is taken, the scale kept.
  const double side = residual > 0 ? 1 : -1;
  if (z <= kFar) {
    state.one_sided = 0;
  } else {
    state.one_sided = static_cast<float>((state.one_sided * side > 0 ? state.one_sided : 0) + side * pace.elapsed);
    if (std::abs(state.one_sided) >= cadence_.Window(kPatience, kPatienceTicks)) {
      state.level = static_cast<float>(value);
      state.one_sided = 0;
    }
  }
}

// A young series learns as a plain mean does; an older one forgets with its memory. Huber: what is far pulls no harder
// than kFar scales.
void Forecast::AbsorbLevel(State& state, double residual, double scale, double rate) {
  rate = std::max(1 / static_cast<double>(state.seen), rate);
  const double limit = state.seen <= kWarmUpTicks ? std::abs(residual) : kFar * scale;
  state.level = static_cast<float>(state.level + rate * std::clamp(residual, -limit, limit));
  state.scale += static_cast<float>(rate * (std::min(std::abs(residual), limit) - state.scale));
}

void Forecast::AbsorbTail(State& state, double z) {
  const double step = 0.05 * state.threshold;
  state.threshold = static_cast<float>(
      std::clamp(state.threshold + (z > state.threshold ? step * kQuantile : -step * (1 - kQuantile)), 1.5, 20.0));
  if (z <= state.threshold) return;
  state.excess = static_cast<float>(
      std::clamp(state.excess + 0.05 * (std::min(z - state.threshold, 10.0) - state.excess), 0.3, 5.0));
}

void Forecast::Save(Archive& archive) const {
  archive.Put(kVersion);
  archive.Put(cadence_);
  archive.Put(ticks_);
  archive.PutColumns(states_);
}

base::Result<void> Forecast::Restore(Archive& archive) {
  return TakeWhole(*this, [&archive](Forecast& state) {
    auto taken = archive.TakeVersion(kVersion, "forecast");
    if (taken) taken = archive.Take(state.cadence_);
    if (taken) taken = archive.Take(state.ticks_);
    if (taken) taken = archive.TakeColumns(state.states_);
    return taken;
  });
}

}  // namespace forewarn::detectors
