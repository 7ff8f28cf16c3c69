// SPDX-License-Identifier: Apache-2.0
#include "predictor/detectors/isolation_forest.h"

#include <algorithm>
#include <cmath>

namespace forewarn::detectors {
namespace {

using telemetry::IsMissing;
using telemetry::kMissing;

constexpr std::uint32_t kVersion = 4;
constexpr double kFarthest = 100;        // scales that count, before the root is taken
constexpr double kLeastSpread = 0.2;     // splits
constexpr double kAlarm = 7e-5;          // probability per value: score 1.0
constexpr double kWarmUp = 60;           // ticks with a forest
constexpr double kFlicker = 0.5;         // signals more or fewer than usual: nothing is said
constexpr std::size_t kReservoir = 256;  // rows

double CountMissing(const std::vector<float>& row) {
  return static_cast<double>(std::count_if(row.begin(), row.end(), [](float value) { return std::isnan(value); }));
}

}  // namespace

double IsolationForest::Instance::Deviation(double path) const {
  return std::max(usual - path, 0.0) / std::max<double>(spread, kLeastSpread);
}

// A row for `instance`: roots, since a far value would leave no room for splits among the others. False: no value.
bool IsolationForest::Gather(std::uint32_t instance, const Group& group, std::vector<float>& row) const {
  bool any = false;
  row.clear();
  for (const std::uint32_t signal : group.signals) {
    const double value = fleet_->Normalised(signal, instance);
    any = any || !IsMissing(value);
    const double size = std::sqrt(std::min(std::abs(value), kFarthest));
    row.push_back(static_cast<float>(IsMissing(value) ? kMissing : std::copysign(size, value)));
  }
  return any;
}

double IsolationForest::Path(const Model& model, const std::vector<float>& row) {
  double path = 0;
  for (const IsolationTree& tree : model.trees) path += tree.PathLength(row.data());
  return path / static_cast<double>(model.trees.size());
}

// Group by group, so that its trees stay near.
void IsolationForest::Look(const telemetry::Snapshot& snapshot) {
  sights_.assign(snapshot.instances->size(), {static_cast<float>(kMissing), 0});
  std::vector<float> row;
  for (const Group& group : groups_.all()) {
    if (group.model.trees.size() < kTrees) continue;
    for (const std::uint32_t i : group.members) {
      if (i >= sights_.size() || !Gather(i, group, row)) continue;
      sights_[i] = {static_cast<float>(Path(group.model, row)), static_cast<float>(CountMissing(row))};
    }
  }
}

void IsolationForest::Score(const telemetry::Snapshot& snapshot, AnomalyColumns& columns) {
  fleet_->See(snapshot);
  Look(snapshot);
  for (std::size_t i = 0; i < std::min(instances_.size(), sights_.size()); ++i) {
    const Instance& state = instances_[i];
    const Sight& sight = sights_[i];
    if (state.seen < kWarmUp || IsMissing(sight.path)) continue;
    if (std::abs(sight.missing - state.absent) >= kFlicker) continue;  // telemetry that comes or goes is no anomaly
    columns.instances[i].Join({state.tail.Score(state.Deviation(sight.path), kAlarm), 0});
  }
}

void IsolationForest::Learn(const telemetry::Snapshot& snapshot, const Mask& mask) {
  fleet_->See(snapshot);
  instances_.resize(std::max(instances_.size(), sights_.size()));
  for (std::size_t i = 0; i < sights_.size(); ++i) {
    if (!IsMissing(sights_[i].path) && !IsMasked(mask, i)) LearnInstance(instances_[i], sights_[i]);
  }
  for (Group& group : groups_.all()) LearnModel(mask, group);
  fleet_->Learn(snapshot, mask);
  fleet_->baselines().Settle(groups_);
}

void IsolationForest::LearnInstance(Instance& state, const Sight& sight) const {
  state.seen = std::min(state.seen + 1, 1e6f);
  const double young = 1.0 / state.seen;
  if (state.seen > 1) state.tail.Learn(state.Deviation(sight.path));
  const double away = sight.path - state.usual;
  state.usual += static_cast<float>(std::max(fleet_->pace().fast(), young) * away);
  state.spread += static_cast<float>(std::max(fleet_->pace().slow(), young) * (std::abs(away) - state.spread));
  state.absent += static_cast<float>(std::max(1 / kWarmUp, young) * (sight.missing - state.absent));
}

void IsolationForest::LearnModel(const Mask& mask, Group& group) {
  if (group.members.empty()) return;
  Model& model = group.model;
  const std::uint32_t instance = group.members[model.random.Below(group.members.size())];
  std::vector<float> row;
  if (IsMasked(mask, instance) || !Gather(instance, group, row)) return;
  const double slow = fleet_->pace().slow();
  model.Keep(row, slow > 0 ? 1 / slow : 1);
  model.Refresh(group.signals.size());
}

// Every tick of the memory is equally likely to be in the reservoir (Vitter, 1985), older ones fade.
void IsolationForest::Model::Keep(const std::vector<float>& row, double memory) {
  ticks = std::min(ticks + 1, 1e6f);
  const std::size_t kept = rows.size() / row.size();
  if (kept < kReservoir) {
    rows.insert(rows.end(), row.begin(), row.end());
  } else if (random.Uniform() * std::min<double>(ticks, memory) < kReservoir) {
    const std::size_t place = random.Below(kReservoir) * row.size();
    std::copy(row.begin(), row.end(), rows.begin() + static_cast<std::ptrdiff_t>(place));
  }
}

// All trees are renewed while a quarter of what is known is learned.
void IsolationForest::Model::Refresh(std::size_t width) {
  if (rows.size() / width < IsolationTree::kSample) return;
  if (trees.size() == kTrees && ++since_growth < std::min(ticks, 10000.0f) / 4 / kTrees) return;
  since_growth = 0;
  if (trees.size() < kTrees) trees.emplace_back();
  oldest = (oldest + 1) % static_cast<std::uint32_t>(trees.size());
  IsolationTree& tree = trees.back().grown() ? trees[oldest] : trees.back();
  tree.Grow({rows, width}, random);
}

void IsolationForest::Model::Save(Archive& archive) const {
  archive.Put(rows);
  archive.Put(random);
  archive.Put(ticks);
  archive.Put(since_growth);
  archive.Put(oldest);
  archive.Put(trees);
}

base::Result<void> IsolationForest::Model::Restore(Archive& archive, std::size_t signals) {
  auto taken = archive.Take(rows);
  if (taken) taken = archive.Take(random);
  if (taken) taken = archive.Take(ticks);
  if (taken) taken = archive.Take(since_growth);
  if (taken) taken = archive.Take(oldest);
  if (taken) taken = archive.Take(trees);
  const auto sound = [&](const IsolationTree& tree) { return tree.Fits(signals); };
  if (taken && (signals == 0 || rows.size() % signals != 0 || !std::all_of(trees.begin(), trees.end(), sound))) {
    return base::Error{base::ErrorCode::kInvalid, "the saved isolation forest has another shape"};
  }
  return taken;
}

void IsolationForest::Save(Archive& archive) const {
  archive.Put(kVersion);
  fleet_->Save(archive);
  archive.PutInstances(instances_);
  groups_.Save(archive);
}

base::Result<void> IsolationForest::Restore(Archive& archive) {
  const auto shared = fleet_;
  auto whole = TakeWhole(*this, [&archive](IsolationForest& state) {
    auto taken = archive.TakeVersion(kVersion, "isolation forest");
    if (taken) taken = state.fleet_->Restore(archive);
    if (taken) taken = archive.TakeInstances(state.instances_);
    if (taken) taken = state.groups_.Restore(archive);
    return taken;
  });
  fleet_ = Share(shared, *fleet_);
  return whole;
}

}  // namespace forewarn::detectors
