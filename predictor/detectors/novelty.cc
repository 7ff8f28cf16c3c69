// SPDX-License-Identifier: Apache-2.0
#include "predictor/detectors/novelty.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "predictor/detectors/logarithm.h"

namespace forewarn::detectors {
namespace {

using telemetry::kMissing;

constexpr std::uint32_t kVersion = 3;
constexpr std::uint16_t kMany = 60000;
constexpr std::uint32_t kYoung = Novelty::kWarmUp / 2;       // values; before that the scales are still plain means
constexpr std::array<double, 3> kMemory = {60, 300, 21600};  // s, of each level
constexpr std::array<double, 3> kMemoryTicks = {9, 40, 1500};
constexpr double kPatience = 0.5, kPatienceTicks = 20;  // of the level's memory; ticks
constexpr double kFar = 2.1;                            // scales; what is farther pulls a level no harder (Huber, 1964)
constexpr double kRounding = 1e-3;                      // of the value: what stands for a flat series' scale
constexpr double kBetter = 0.8;                         // of what a day leaves is the most that a week may leave
constexpr double kLeastLiveliness = 1e-2;               // mean log ratio
// Two nats less each for a fall, for quiet, for a season's residual: so much likelier.
const double kFall = std::exp(2), kQuiet = std::exp(2), kOfSeason = std::exp(2);
constexpr double kMostPatience = 30000;  // ticks
constexpr std::uint16_t kGap = 5;        // ticks; a step across more is none

double Floor(double level, double value) { return 1e-9 + kRounding * std::max(std::abs(level), std::abs(value)); }

// The mean, moved towards a value by a part of the way.
float Toward(float mean, double value, double rate) { return static_cast<float>(mean + rate * (value - mean)); }

// An old series forgets with its memory, a young one learns as a plain mean does.
double Rate(std::uint32_t seen, double rate) { return std::max(1.0 / (seen + 1), rate); }

}  // namespace

const Novelty::Sides& Novelty::SidesOf(const State& state, int statistic) const {
  return statistic < kSeason ? state.tails[statistic] : seasons_.At(state.season).tails[statistic - kSeason];
}

Novelty::Distances Novelty::DistancesOf(const State& state, double value, double floor) const {
  Distances distances;
  const auto in_scales = [floor](double distance, double scale) { return distance / std::max(scale, floor); };
  for (int i = 0; i < kLevels; ++i) distances.of[i] = in_scales(value - state.level[i], state.scale[i]);
  distances.liveliness =
      Log(static_cast<float>(std::max<double>(state.lively, floor) / std::max<double>(state.calm, floor)));
  distances.of[kLiveliness] = distances.liveliness / std::max<double>(state.liveliness_scale, kLeastLiveliness);
  if (state.season == 0 || cadence_.tick() > Season<1>::kLongestTick) return distances;
  const auto around = [&](const auto& season) {
    distances.of[kSeason] = in_scales(value - season.Expected(now_, cadence_.tick()), season.Scale());
    distances.of[kSeasonDrift] = in_scales(season.Drift(), season.DriftScale());
  };
  const Seasonal& seasonal = seasons_.At(state.season);
  if (Weekly(seasonal)) {
    around(weeks_.At(seasonal.week));
  } else if (seasonal.day.Known()) {
    around(seasonal.day);
  }
  return distances;
}

double Novelty::SurpriseOf(const State& state, const Distances& distances) const {
  const bool proven = state.season != 0 && Proven(seasons_.At(state.season));
  double rarest = 1;
  for (int i = 0; i < (proven ? kStatistics : kSeason); ++i) {
    const double distance = distances.of[i];
    if (distance == 0) continue;
    const Sides& sides = SidesOf(state, i);
    const bool fall = distance < 0;
    const double weight = (fall ? kFall : 1) * (fall && i == kLiveliness ? kQuiet : 1) * (i >= kSeason ? kOfSeason : 1);
    rarest = std::min(rarest, weight * (fall ? sides.below : sides.above).Probability(std::abs(distance), state.total));
  }
  return -std::log(rarest);
}

// What the value's surprise is, where it is judged, before it is learned, where it teaches.
float Novelty::See(State& state, double value, bool teaches) {
  const double floor = Floor(state.level[kLongRun], value);
  const Distances distances = state.seen > 0 ? DistancesOf(state, value, floor) : Distances{};
  const double surprise = state.seen >= kWarmUp ? SurpriseOf(state, distances) : kMissing;
  if (teaches) Absorb(state, value, distances);
  return static_cast<float>(surprise);
}

Novelty::Rates Novelty::RatesNow() const {
  Rates rates;
  for (int i = 0; i < kLevels; ++i) {
    const double tick = std::max(cadence_.tick(), 1e-3);
    const double ticks = cadence_.Window(kMemory[i], kMemoryTicks[i]) / tick;
    rates.level[i] = 1 / ticks;
    rates.patience[i] = std::min(std::max(kPatience * ticks, kPatienceTicks), kMostPatience);
  }
  return rates;
}

void Novelty::Tick(const telemetry::Snapshot& snapshot, const Mask& mask, SurpriseColumns& columns) {
  cadence_.Advance(snapshot.time);
  now_ = snapshot.time;
  ++ticks_;
  rates_ = RatesNow();
  if (states_.size() < snapshot.columns.size()) states_.resize(snapshot.columns.size());
  columns.resize(snapshot.columns.size());
  for (std::size_t signal = 0; signal < snapshot.columns.size(); ++signal) {
    const auto& values = snapshot.columns[signal];
    auto& states = states_[signal];
    if (states.size() < values.size()) states.resize(values.size());
    columns[signal].assign(values.size(), static_cast<float>(kMissing));
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (std::isfinite(values[i])) columns[signal][i] = See(states[i], values[i], !IsMasked(mask, i));
    }
  }
}

void Novelty::Absorb(State& state, double value, const Distances& distances) {
  if (state.seen == 0) {
    ++series_;
    state.level.fill(static_cast<float>(value));
  } else {
    const double floor = Floor(state.level[kLongRun], value);
    if (state.seen >= kYoung) AbsorbTails(state, distances);
    AbsorbSeason(state, value, floor);
    AbsorbLevels(state, value, floor);
    AbsorbLiveliness(state, value, floor, distances.liveliness);
  }
  state.previous = static_cast<float>(value);
  state.tick = ticks_;
  if (state.seen < kMany) ++state.seen;
}

void Novelty::AbsorbTails(State& state, const Distances& distances) {
  const auto add = [](Sides& sides, double distance) {
    if (distance > 0) sides.above.Add(distance);
    if (distance < 0) sides.below.Add(-distance);
  };
  const auto halve = [](Sides& sides) { sides.above.Halve(), sides.below.Halve(); };
  for (int i = 0; i < kSeason; ++i) add(state.tails[i], distances.of[i]);
  Seasonal* seasonal = state.season == 0 ? nullptr : &seasons_.At(state.season);
  for (int i = kSeason; seasonal != nullptr && i < kStatistics; ++i) add(seasonal->tails[i - kSeason], distances.of[i]);
  if (++state.total < Tail::kCapacity) return;
  state.total /= 2;
  std::for_each(state.tails.begin(), state.tails.end(), halve);
  if (seasonal != nullptr) std::for_each(seasonal->tails.begin(), seasonal->tails.end(), halve);
}

void Novelty::AbsorbLevels(State& state, double value, double floor) const {
  const bool young = state.seen <= kYoung;
  const double slow = Rate(state.seen, rates_.level[kLongRun]);
  for (int i = 0; i < kLevels; ++i) {
    const double residual = value - state.level[i];
    const double far = kFar * std::max<double>(state.scale[i], floor);
    const bool bounded = !young && i != kMinutes;
    state.scale[i] = Toward(state.scale[i], young ? std::abs(residual) : std::min(std::abs(residual), 2 * far), slow);
    const double pull = bounded ? std::clamp(residual, -far, far) : residual;
    state.level[i] = static_cast<float>(state.level[i] + Rate(state.seen, rates_.level[i]) * pull);
    if (i == kMinutes) continue;
    std::int16_t& row = state.far[i - kRecent];
    if (std::abs(residual) <= far) {
      row = 0;
      continue;
    }
    // A level shift for good: far to the same side for the whole patience.
    const int side = residual > 0 ? 1 : -1;
    row = static_cast<std::int16_t>((row * side > 0 ? row : 0) + side);
    if (std::abs(row) < rates_.patience[i]) continue;
    state.level[i] = state.level[kMinutes];
    row = 0;
  }
}

void Novelty::AbsorbLiveliness(State& state, double value, double floor, double ratio) const {
  if (static_cast<std::uint16_t>(ticks_ - state.tick) > kGap) return;
  const double step = std::abs(value - state.previous);
  const double far = 2 * kFar * std::max<double>(state.step, floor);
  const double slow = Rate(state.seen, rates_.level[kLongRun]);
  state.step = Toward(state.step, state.seen <= kYoung ? step : std::min(step, far), slow);
  state.lively = Toward(state.lively, step, Rate(state.seen, rates_.level[kMinutes]));
  state.calm = Toward(state.calm, std::min(step, 2 * kFar * std::max<double>(state.step, floor)), slow);
  state.liveliness_scale = Toward(state.liveliness_scale, std::min(std::abs(ratio), 3.0), slow);
}

void Novelty::AbsorbSeason(State& state, double value, double floor) {
  if (state.season == 0) state.season = seasons_.Take(std::max(kSeasons, series_ / 4));
  if (state.season == 0) return;
  Seasonal& seasonal = seasons_.At(state.season);
  const double residual = std::abs(value - state.level[kLongRun]);
  const double bounded = std::min(residual, 2 * kFar * std::max<double>(state.scale[kLongRun], floor));
  const SeasonLesson lesson{
      now_, value, cadence_.tick(), bounded, floor, rates_.level[kMinutes], rates_.level[kLongRun]};
  seasonal.day.Learn(lesson);
  if (seasonal.day.periods() < kTrial) return;
  if (!seasons_.wanted() || Proven(seasonal)) return AbsorbWeek(seasonal, lesson);
  if (seasonal.week != 0) weeks_.GiveBack(seasonal.week);
  seasons_.GiveBack(std::exchange(state.season, 0));
}

void Novelty::AbsorbWeek(Seasonal& seasonal, const SeasonLesson& lesson) {
  if (seasonal.week == 0) seasonal.week = weeks_.Take(kWeeks);
  if (seasonal.week == 0) return;
  auto& week = weeks_.At(seasonal.week);
  week.Learn(lesson);
  if (!weeks_.wanted() || week.periods() < kWeekTrial || Weekly(seasonal)) return;
  weeks_.GiveBack(std::exchange(seasonal.week, 0));
}

// The week explains the series, and clearly better than the day does.
bool Novelty::Weekly(const Seasonal& seasonal) const {
  if (seasonal.week == 0) return false;
  const auto& week = weeks_.At(seasonal.week);
  return week.Proven() && (!seasonal.day.Proven() || week.Scale() < kBetter * seasonal.day.Scale());
}

void Novelty::Save(Archive& archive) const {
  archive.Put(kVersion);
  archive.Put(cadence_);
  archive.Put(ticks_);
  archive.PutColumns(states_);
  seasons_.Save(archive);
  weeks_.Save(archive);
}

// Seasons of series that are no longer there make room.
base::Result<void> Novelty::Settle() {
  std::vector<std::uint32_t> seasons, weeks;
  for (const auto& states : states_) {
    for (const State& state : states) {
      if (state.seen > 0) ++series_;
      if (state.season != 0) seasons.push_back(state.season);
    }
  }
  if (auto settled = seasons_.Settle(seasons); !settled) return settled;
  for (const std::uint32_t season : seasons) {
    if (const std::uint32_t week = seasons_.At(season).week; week != 0) weeks.push_back(week);
  }
  return weeks_.Settle(weeks);
}

base::Result<void> Novelty::Restore(Archive& archive) {
  return TakeWhole(*this, [&archive](Novelty& state) {
    auto taken = archive.TakeVersion(kVersion, "novelty");
    if (taken) taken = archive.Take(state.cadence_);
    if (taken) taken = archive.Take(state.ticks_);
    if (taken) taken = archive.TakeColumns(state.states_);
    if (taken) taken = state.seasons_.Restore(archive);
    if (taken) taken = state.weeks_.Restore(archive);
    if (taken) taken = state.Settle();
    return taken;
  });
}

}  // namespace forewarn::detectors
