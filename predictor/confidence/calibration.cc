// SPDX-License-Identifier: Apache-2.0
#include "predictor/confidence/calibration.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace forewarn::confidence {
namespace {

constexpr std::uint32_t kVersion = 1;
constexpr double kRecent = 20;   // predictions over which the share of mitigated ones is taken
constexpr double kStrong = 0.5;  // of the full strength

double Middle(std::size_t bin) { return (static_cast<double>(bin) + 0.5) / Calibration::kBins; }
double Position(std::size_t knot) {
  if (knot == 0) return 0;
  return knot > Calibration::kBins ? 1 : Middle(knot - 1);
}

struct Block {
  double value, weight;
  std::size_t length;
};

// Pools adjacent violators: the closest values that never fall.
std::vector<Block> Pool(const std::vector<Block>& values) {
  std::vector<Block> pooled;
  for (const Block& value : values) {
    pooled.push_back(value);
    while (pooled.size() > 1 && pooled[pooled.size() - 2].value > pooled.back().value) {
      const Block last = pooled.back();
      pooled.pop_back();
      Block& into = pooled.back();
      into.value = (into.value * into.weight + last.value * last.weight) / (into.weight + last.weight);
      into.weight += last.weight;
      into.length += last.length;
    }
  }
  return pooled;
}

}  // namespace

Calibration::Calibration(double prior_accuracy) : prior_accuracy_(prior_accuracy), in_force_(Learnt()) {}

std::size_t Calibration::BinOf(double raw) {
  return static_cast<std::size_t>(std::clamp(raw * kBins, 0.0, static_cast<double>(kBins - 1)));
}

double Calibration::Of(double raw) const {
  const double at = std::clamp(raw, 0.0, 1.0);
  std::size_t knot = 1;
  while (knot <= kBins && Position(knot) < at) ++knot;
  const double from = Position(knot - 1), part = (at - from) / (Position(knot) - from);
  return in_force_[knot - 1] + part * (in_force_[knot] - in_force_[knot - 1]);
}

// How many hits there were for each that was to be expected of strong predictions.
double Calibration::Factor() const {
  const double prior = kAccuracyStrength * prior_accuracy_;
  return (prior + strong_hits_) / (prior + strong_raw_);
}

double Calibration::Accuracy() const { return std::min(prior_accuracy_ * Factor(), kCeiling); }

Worth Calibration::Known() const {
  const double all = kAccuracyStrength + strong_raw_ / std::max(prior_accuracy_, 1 - kCeiling);
  const double right = Accuracy() * all;
  return {right, all - right};
}

bool Calibration::IsFrozen(double raw) const { return bins_[BinOf(raw)].censored > kCensored; }

bool Calibration::IsFrozen() const {
  return std::any_of(bins_.begin(), bins_.end(), [](const Bin& bin) { return bin.censored > kCensored; });
}

void Calibration::Censor(double raw) {
  Bin& bin = bins_[BinOf(raw)];
  bin.recent = std::min(bin.recent + 1, kRecent);
  bin.censored += (1 - bin.censored) / bin.recent;
}

void Calibration::Learn(const Judged& outcome) {
  const double raw = outcome.confidence, hit = outcome.hit ? 1 : 0;
  Bin& bin = bins_[BinOf(raw)];
  bin.recent = std::min(bin.recent + 1, kRecent);
  bin.censored -= bin.censored / bin.recent;
  if (IsFrozen(raw)) return;
  const double keep = bin.count >= kMemory ? 1 - 1 / kMemory : 1;
  bin.count = bin.count * keep + 1;
  bin.raw = bin.raw * keep + raw;
  bin.hits = bin.hits * keep + hit;
  if (raw < kStrong * prior_accuracy_) return;
  const double keep_strong = strong_raw_ >= kMemory * prior_accuracy_ ? 1 - 1 / kMemory : 1;
  strong_raw_ = strong_raw_ * keep_strong + raw;
  strong_hits_ = strong_hits_ * keep_strong + hit;
}

// A bin that is frozen doesn't fade: nothing would take the place of what it knows.
void Calibration::Fade(double factor) {
  for (Bin& bin : bins_) {
    if (bin.censored > kCensored) continue;
    bin.count *= factor;
    bin.raw *= factor;
    bin.hits *= factor;
  }
  if (IsFrozen()) return;
  strong_raw_ *= factor;
  strong_hits_ *= factor;
}

Calibration::Knots Calibration::Learnt() const {
  const double factor = Factor();
  std::vector<Block> values;
  for (std::size_t i = 0; i < kBins; ++i) {
    const Bin& bin = bins_[i];
    const double rest = (bin.hits - factor * bin.raw) / (kBinStrength + bin.count);
    values.push_back({std::clamp(factor * Middle(i) + rest, 0.0, kCeiling), kBinStrength + bin.count, 1});
  }
  Knots knots{};
  std::size_t knot = 1;
  for (const Block& block : Pool(values)) {
    for (std::size_t i = 0; i < block.length; ++i) knots[knot++] = block.value;
  }
  knots.back() = std::max(knots[kBins], std::min(factor, kCeiling));
  return knots;
}

void Calibration::Refresh(double time, double interval) {
  if (time - refreshed_ < interval) return;
  if (refreshed_ > 0) Fade(std::exp2(-(time - refreshed_) / kHalfLife));
  refreshed_ = time;
  Knots target = Learnt();
  const auto frozen = [&](std::size_t knot) {
    return knot > 0 && bins_[std::min(knot, kBins) - 1].censored > kCensored;
  };
  for (std::size_t i = 0; i < target.size(); ++i) {
    if (frozen(i)) target[i] = in_force_[i];
  }
  for (std::size_t i = target.size() - 1; i-- > 0;) {
    if (!frozen(i)) target[i] = std::min(target[i], target[i + 1]);
  }
  for (std::size_t i = 1; i < target.size(); ++i) target[i] = std::max(target[i], target[i - 1]);
  double off = 0;
  for (std::size_t i = 0; i < target.size(); ++i) off = std::max(off, std::abs(target[i] - in_force_[i]));
  if (off <= kTolerance) return;
  for (std::size_t i = 0; i < target.size(); ++i) {
    in_force_[i] = std::clamp(target[i], in_force_[i] - kStep, in_force_[i] + kStep);
  }
}

void Calibration::Save(detectors::Archive& archive) const {
  archive.Put(kVersion);
  archive.Put(*this);
}

base::Result<void> Calibration::Restore(detectors::Archive& archive) {
  std::uint32_t version = 0;
  if (auto taken = archive.Take(version); !taken) return taken;
  if (version != kVersion) return base::Error{base::ErrorCode::kInvalid, "the saved calibration is of another version"};
  return archive.Take(*this);
}

}  // namespace forewarn::confidence
