// SPDX-License-Identifier: Apache-2.0
#include "predictor/detectors/autoencoder.h"

#include <algorithm>
#include <cmath>

#include "predictor/detectors/logarithm.h"

namespace forewarn::detectors {
namespace {

using telemetry::IsMissing;

constexpr std::uint32_t kVersion = 3;
constexpr double kClip = 4;           // scales: what the model sees of a value
constexpr double kFar = 5;            // spreads: what is farther pulls no harder
constexpr double kLeastSpread = 0.5;  // scales: a residual is never judged more finely than its series
constexpr double kFarthest = 300;     // spreads that count
constexpr double kSignalAlarm = 1e-5, kInstanceAlarm = 3e-3;  // probabilities per value: score 1.0
constexpr double kLeastAlarm = 1.5;                           // mean root of the deviations: of quiet ones it is 0.9
constexpr double kWarmUp = 60;                                // ticks with a model
constexpr double kRowsPerSignal = 4;                          // before the first fit
constexpr double kLeastFit = 32, kMostFit = 500;              // ticks between two fits: a quarter of what is known
constexpr std::uint32_t kTeachers = 4;  // per tick of a group: bounded, since a row is quadratic in its width

}  // namespace

double Autoencoder::Series::Deviation(double residual) const {
  return std::abs(residual - usual) / std::max<double>(spread, kLeastSpread);
}

// The longer a residual has been far to one side, the harder it pulls: a spike moves nothing, a new level all.
void Autoencoder::Series::Learn(double residual, double slow, double fast) {
  const double away = residual - usual, far = kFar * std::max<double>(spread, kLeastSpread);
  const float side = away > 0 ? 1.0f : -1.0f;
  tail.Learn(Log(static_cast<float>(1 + Deviation(residual))));
  if (std::abs(away) < far) {
    one_sided = 0;
  } else {
    one_sided = (one_sided * side > 0 ? one_sided : 0) + side;
  }
  const double pull = far * (1 + std::abs(one_sided));
  usual += static_cast<float>(fast * std::clamp(away, -pull, pull));
  spread += static_cast<float>(slow * (std::min(std::abs(away), far) - spread));
}

void Autoencoder::Gather(std::uint32_t instance, const Group& group, Sight& sight) const {
  const auto width = static_cast<Eigen::Index>(group.signals.size());
  sight.normalised.resize(width);
  sight.present = 0;
  for (Eigen::Index j = 0; j < width; ++j) {
    sight.normalised[j] = fleet_->Normalised(group.signals[static_cast<std::size_t>(j)], instance);
    if (!IsMissing(sight.normalised[j])) ++sight.present;
  }
  sight.clipped = sight.normalised.unaryExpr(
      [](double value) { return IsMissing(value) ? value : std::clamp(value, -kClip, kClip); });
}

// False: there is no model of it yet, or nothing to compare.
bool Autoencoder::Look(std::uint32_t instance, Sight& sight) const {
  const Group* group = groups_.Of(instance);
  if (group == nullptr || !group->model.code.fitted()) return false;
  Gather(instance, *group, sight);
  if (sight.present < 2) return false;
  group->model.code.Rebuild(sight.clipped, sight.rebuilt);
  return true;
}

void Autoencoder::Score(const telemetry::Snapshot& snapshot, AnomalyColumns& columns) {
  fleet_->See(snapshot);
  const auto known = std::min<std::size_t>(instances_.size(), snapshot.instances->size());
  Sight sight;
  for (std::uint32_t i = 0; i < known; ++i) {
    if (instances_[i].seen >= kWarmUp && Look(i, sight)) ScoreInstance(i, sight, columns);
  }
}

void Autoencoder::ScoreInstance(std::uint32_t instance, const Sight& sight, AnomalyColumns& columns) const {
  const auto& signals = groups_.Of(instance)->signals;
  double strangeness = 0;
  for (std::size_t j = 0; j < signals.size(); ++j) {
    const auto at = static_cast<Eigen::Index>(j);
    if (IsMissing(sight.normalised[at])) continue;
    const Series& series = series_[signals[j]][instance];
    const Baseline& baseline = fleet_->baselines().Of(signals[j], instance);
    const double deviation = series.Deviation(sight.normalised[at] - sight.rebuilt[at]);
    strangeness += std::sqrt(std::min(deviation, kFarthest));
    const auto score = static_cast<float>(series.tail.Score(Log(static_cast<float>(1 + deviation)), kSignalAlarm));
    if (!columns.IsNews(signals[j], instance, score)) continue;
    const double expected = sight.rebuilt[at] + series.usual;
    const double band =
        std::expm1(series.tail.AlarmLevel(kSignalAlarm)) * std::max<double>(series.spread, kLeastSpread);
    columns.Say(signals[j], instance,
                {score, static_cast<float>(baseline.Value(expected)), static_cast<float>(band * baseline.Scale())});
  }
  strangeness /= static_cast<double>(sight.present);
  const Instance& state = instances_[instance];
  const double alarm = std::max(kLeastAlarm, state.tail.AlarmLevel(kInstanceAlarm));
  columns.instances[instance].Join(
      {std::min(strangeness / alarm, QuantileTail::kMaxScore), std::min(state.standing / kClip, 1.0)});
}

void Autoencoder::Learn(const telemetry::Snapshot& snapshot, const Mask& mask) {
  fleet_->See(snapshot);
  const std::uint32_t size = snapshot.instances->size();
  if (instances_.size() < size) instances_.resize(size);
  series_.resize(std::max(series_.size(), snapshot.columns.size()));
  for (auto& series : series_) series.resize(std::max<std::size_t>(series.size(), size));
  Sight sight;
  for (std::uint32_t i = 0; i < size; ++i) {
    if (!IsMasked(mask, i) && Look(i, sight)) LearnInstance(i, sight);
  }
  for (Group& group : groups_.all()) LearnModel(mask, group);
  fleet_->Learn(snapshot, mask);
  fleet_->baselines().Settle(groups_);
}

void Autoencoder::LearnInstance(std::uint32_t instance, const Sight& sight) {
  const auto& signals = groups_.Of(instance)->signals;
  Instance& state = instances_[instance];
  state.seen = std::min(state.seen + 1, 1e6f);
  const double young = 1.0 / state.seen;
  double strangeness = 0, standing = 0;
  for (std::size_t j = 0; j < signals.size(); ++j) {
    const auto at = static_cast<Eigen::Index>(j);
    if (IsMissing(sight.normalised[at])) continue;
    Series& series = series_[signals[j]][instance];
    const double residual = sight.normalised[at] - sight.rebuilt[at];
    strangeness += std::sqrt(std::min(series.Deviation(residual), kFarthest));
    standing += std::abs(sight.clipped[at] - sight.rebuilt[at]);
    series.Learn(residual, std::max(fleet_->pace().slow(), young), std::max(fleet_->pace().fast(), young));
  }
  const auto present = static_cast<double>(sight.present);
  state.tail.Learn(strangeness / present);
  state.standing +=
      static_cast<float>(std::max(fleet_->pace().smooth(), young) * (standing / present - state.standing));
}

// A few members teach in each tick, one after the other; those with gaps do not.
void Autoencoder::LearnModel(const Mask& mask, Group& group) {
  if (group.members.empty()) return;
  Model& model = group.model;
  const auto teachers = std::min(kTeachers, static_cast<std::uint32_t>(group.members.size()));
  Sight sight;
  float learned = 0;
  for (std::uint32_t turn = 0; turn < teachers; ++turn) {
    const std::uint32_t instance = group.members[++model.teacher % group.members.size()];
    if (IsMasked(mask, instance)) continue;
    Gather(instance, group, sight);
    if (sight.present < group.signals.size()) continue;
    model.code.Learn(sight.clipped, std::max(fleet_->pace().slow(), 1.0 / (model.ticks + 1)) / teachers);
    learned += 1 / static_cast<float>(teachers);
  }
  model.ticks = std::min(model.ticks + learned, 1e6f);
  model.since_fit += learned;
  const double enough = kRowsPerSignal * static_cast<double>(group.signals.size());
  if (model.ticks < enough || model.since_fit < std::clamp(model.ticks / 4.0, kLeastFit, kMostFit)) return;
  model.code.Fit();
  model.since_fit = 0;
}

void Autoencoder::Model::Save(Archive& archive) const {
  code.Save(archive);
  archive.Put(ticks);
  archive.Put(since_fit);
  archive.Put(teacher);
}

base::Result<void> Autoencoder::Model::Restore(Archive& archive, std::size_t signals) {
  auto taken = code.Restore(archive, signals);
  if (taken) taken = archive.Take(ticks);
  if (taken) taken = archive.Take(since_fit);
  if (taken) taken = archive.Take(teacher);
  return taken;
}

void Autoencoder::Save(Archive& archive) const {
  archive.Put(kVersion);
  fleet_->Save(archive);
  archive.PutInstances(instances_);
  archive.PutColumns(series_);
  groups_.Save(archive);
}

base::Result<void> Autoencoder::Restore(Archive& archive) {
  const auto shared = fleet_;
  auto whole = TakeWhole(*this, [&archive](Autoencoder& state) {
    auto taken = archive.TakeVersion(kVersion, "autoencoder");
    if (taken) taken = state.fleet_->Restore(archive);
    if (taken) taken = archive.TakeInstances(state.instances_);
    if (taken) taken = archive.TakeColumns(state.series_);
    if (taken) taken = state.groups_.Restore(archive);
    return taken;
  });
  fleet_ = Share(shared, *fleet_);
  return whole;
}

}  // namespace forewarn::detectors
