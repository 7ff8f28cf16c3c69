// SPDX-License-Identifier: Apache-2.0
#include "predictor/detectors/novelty.h"

#include <algorithm>
#include <cmath>

namespace forewarn::detectors {
namespace {

using telemetry::IsMissing;
using telemetry::kMissing;

constexpr std::uint32_t kVersion = 1;
constexpr std::uint32_t kYoung = Novelty::kWarmUp / 2;       // values; before that the scales are still plain means
constexpr std::array<double, 3> kMemory = {60, 300, 21600};  // s, of each level
constexpr std::array<double, 3> kMemoryTicks = {9, 40, 1500};
constexpr double kPatience = 0.5, kPatienceTicks = 20;  // of the level's memory; ticks
constexpr double kFar = 2.1;                            // scales; what is farther pulls a level no harder (Huber, 1964)
constexpr double kRounding = 1e-3;                      // of the value: what stands for a flat series' scale
constexpr double kLeastLiveliness = 1e-2;               // mean log ratio
constexpr double kFall = 2, kQuiet = 2, kOfSeason = 2;  // nats less for a fall, for quiet, for a season's residual
constexpr std::uint16_t kGap = 5;                       // ticks; a step across more is none

double Floor(double level, double value) { return 1e-9 + kRounding * std::max(std::abs(level), std::abs(value)); }

// The mean, moved towards a value by a part of the way.
float Toward(float mean, double value, double rate) { return static_cast<float>(mean + rate * (value - mean)); }

// An old series forgets with its memory, a young one learns as a plain mean does.
double Rate(std::uint32_t seen, double rate) { return std::max(1.0 / (seen + 1), rate); }

}  // namespace

Novelty::Distances Novelty::DistancesOf(const State& state, double value, double time) const {
  Distances distances{};
  const double floor = Floor(state.level[kLongRun], value);
  const auto in_scales = [floor](double distance, double scale) { return distance / std::max(scale, floor); };
  for (int i = 0; i < kLevels; ++i) distances[i] = in_scales(value - state.level[i], state.scale[i]);
  distances[kLiveliness] = std::log(std::max<double>(state.lively, floor) / std::max<double>(state.calm, floor)) /
                           std::max<double>(state.liveliness_scale, kLeastLiveliness);
  if (state.season.Known() && cadence_.tick() <= Season::kLongestTick) {
    distances[kSeason] = in_scales(value - state.season.Expected(time, cadence_.tick()), state.season.Scale());
    distances[kSeasonDrift] = in_scales(state.season.Drift(), state.season.DriftScale());
  }
  return distances;
}

float Novelty::SurpriseOf(const State& state, double value, double time) const {
  const Distances distances = DistancesOf(state, value, time);
  const int last = state.season.Proven() ? kStatistics : static_cast<int>(kSeason);
  double highest = 0;
  for (int i = 0; i < last; ++i) {
    if (distances[i] == 0) continue;
    const bool fall = distances[i] < 0;
    const Tail& tail = fall ? state.tails[i].below : state.tails[i].above;
    double surprise = tail.Surprise(std::abs(distances[i]), state.total);
    if (fall) surprise -= i == kLiveliness ? kFall + kQuiet : kFall;
    if (i >= kSeason) surprise -= kOfSeason;
    highest = std::max(highest, surprise);
  }
  return static_cast<float>(highest);
}

void Novelty::Score(const telemetry::Snapshot& snapshot, SurpriseColumns& columns) const {
  columns.resize(snapshot.columns.size());
  for (std::size_t signal = 0; signal < snapshot.columns.size(); ++signal) {
    const auto& values = snapshot.columns[signal];
    auto& column = columns[signal];
    column.assign(values.size(), static_cast<float>(kMissing));
    if (signal >= states_.size()) continue;
    const auto& states = states_[signal];
    for (std::size_t i = 0; i < std::min(values.size(), states.size()); ++i) {
      if (std::isfinite(values[i]) && states[i].seen >= kWarmUp)
        column[i] = SurpriseOf(states[i], values[i], snapshot.time);
    }
  }
}

Novelty::Rates Novelty::RatesNow() const {
  Rates rates;
  for (int i = 0; i < kLevels; ++i) {
    const double tick = std::max(cadence_.tick(), 1e-3);
    const double ticks = cadence_.Window(kMemory[i], kMemoryTicks[i]) / tick;
    rates.level[i] = 1 / ticks;
    rates.patience[i] = std::max(kPatience * ticks, kPatienceTicks);
  }
  return rates;
}

void Novelty::Learn(const telemetry::Snapshot& snapshot, const Mask& mask) {
  cadence_.Advance(snapshot.time);
  now_ = snapshot.time;
  ++ticks_;
  rates_ = RatesNow();
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

void Novelty::Absorb(State& state, double value) const {
  if (state.seen == 0) {
    state.level.fill(value);
  } else {
    const double floor = Floor(state.level[kLongRun], value);
    if (state.seen >= kYoung) AbsorbTails(state, DistancesOf(state, value, now_));
    AbsorbSeason(state, value, floor);
    AbsorbLevels(state, value, floor);
    AbsorbLiveliness(state, value, floor);
  }
  state.previous = static_cast<float>(value);
  state.tick = ticks_;
  if (state.seen < 1'000'000) ++state.seen;
}

void Novelty::AbsorbTails(State& state, const Distances& distances) const {
  for (int i = 0; i < kStatistics; ++i) {
    if (distances[i] > 0) state.tails[i].above.Add(distances[i]);
    if (distances[i] < 0) state.tails[i].below.Add(-distances[i]);
  }
  if (++state.total < Tail::kCapacity) return;
  state.total /= 2;
  for (Sides& sides : state.tails) {
    sides.above.Halve();
    sides.below.Halve();
  }
}

void Novelty::AbsorbLevels(State& state, double value, double floor) const {
  const bool young = state.seen <= kYoung;
  const double slow = Rate(state.seen, rates_.level[kLongRun]);
  for (int i = 0; i < kLevels; ++i) {
    const double residual = value - state.level[i];
    const double far = kFar * std::max<double>(state.scale[i], floor);
    const bool bounded = !young && i != kMinutes;
    state.scale[i] = Toward(state.scale[i], young ? std::abs(residual) : std::min(std::abs(residual), 2 * far), slow);
    state.level[i] += Rate(state.seen, rates_.level[i]) * (bounded ? std::clamp(residual, -far, far) : residual);
    if (std::abs(residual) <= far) {
      state.far[i] = 0;
      continue;
    }
    // A level shift for good: far to the same side for the whole patience.
    const float side = residual > 0 ? 1 : -1;
    state.far[i] = (state.far[i] * side > 0 ? state.far[i] : 0) + side;
    if (i == kMinutes || std::abs(state.far[i]) < rates_.patience[i]) continue;
    state.level[i] = state.level[kMinutes];
    state.far[i] = 0;
  }
}

void Novelty::AbsorbLiveliness(State& state, double value, double floor) const {
  if (static_cast<std::uint16_t>(ticks_ - state.tick) > kGap) return;
  const double step = std::abs(value - state.previous);
  const double far = 2 * kFar * std::max<double>(state.step, floor);
  const double slow = Rate(state.seen, rates_.level[kLongRun]);
  const double ratio = std::log(std::max<double>(state.lively, floor) / std::max<double>(state.calm, floor));
  state.step = Toward(state.step, state.seen <= kYoung ? step : std::min(step, far), slow);
  state.lively = Toward(state.lively, step, Rate(state.seen, rates_.level[kMinutes]));
  state.calm = Toward(state.calm, std::min(step, 2 * kFar * std::max<double>(state.step, floor)), slow);
  state.liveliness_scale = Toward(state.liveliness_scale, std::min(std::abs(ratio), 3.0), slow);
}

void Novelty::AbsorbSeason(State& state, double value, double floor) const {
  const double residual = std::abs(value - state.level[kLongRun]);
  const double bounded = std::min(residual, 2 * kFar * std::max<double>(state.scale[kLongRun], floor));
  state.season.Learn({now_, value, cadence_.tick(), bounded, floor, rates_.level[kMinutes], rates_.level[kLongRun]});
}

void Novelty::Save(Archive& archive) const {
  archive.Put(kVersion);
  archive.Put(cadence_);
  archive.Put(ticks_);
  archive.PutColumns(states_);
}

base::Result<void> Novelty::Restore(Archive& archive) {
  *this = Novelty();
  Novelty restored;
  std::uint32_t version = 0;
  if (auto taken = archive.Take(version); !taken) return taken;
  if (version != kVersion) return base::Error{base::ErrorCode::kInvalid, "the saved novelty is of another version"};
  if (auto taken = archive.Take(restored.cadence_); !taken) return taken;
  if (auto taken = archive.Take(restored.ticks_); !taken) return taken;
  if (auto taken = archive.TakeColumns(restored.states_); !taken) return taken;
  *this = std::move(restored);
  return {};
}

}  // namespace forewarn::detectors
