// SPDX-License-Identifier: Apache-2.0
#include "predictor/confidence/reliability.h"

#include <algorithm>
#include <cmath>

namespace forewarn::confidence {
namespace {

constexpr std::size_t kMostBins = 10, kLeastInBin = 10;

// E|X| of a normal X: the folded normal distribution (Leone, Nelson and Nottingham, 1961).
double MeanOfFolded(double mean, double deviation) {
  if (deviation <= 0) return std::abs(mean);
  const double z = mean / deviation;
  return deviation * std::sqrt(2 / M_PI) * std::exp(-z * z / 2) + mean * std::erf(z / std::sqrt(2.0));
}

}  // namespace

void Reliability::Add(const Judged& judged) {
  const Pair pair{static_cast<float>(judged.confidence), judged.hit ? 1.0f : 0.0f};
  if (pairs_.size() < kMemory) {
    pairs_.push_back(pair);
  } else {
    pairs_[next_] = pair;
    next_ = (next_ + 1) % kMemory;
  }
}

std::vector<Reliability::Bin> Reliability::Bins() const {
  std::vector<Pair> sorted = pairs_;
  std::sort(sorted.begin(), sorted.end(), [](const Pair& a, const Pair& b) { return a.confidence < b.confidence; });
  const std::size_t bins = std::min(kMostBins, sorted.size() / kLeastInBin);
  std::vector<Bin> result(bins);
  for (std::size_t b = 0; b < bins; ++b) {
    Bin& bin = result[b];
    for (std::size_t i = b * sorted.size() / bins; i < (b + 1) * sorted.size() / bins; ++i) {
      bin.confidence += sorted[i].confidence;
      bin.rate += sorted[i].hit;
      ++bin.count;
    }
    bin.confidence /= static_cast<double>(bin.count);
    bin.rate /= static_cast<double>(bin.count);
  }
  return result;
}

std::optional<double> Reliability::CalibrationError() const {
  if (size() < kEnough) return std::nullopt;
  double error = 0;
  for (const Bin& bin : Bins()) {
    const double count = static_cast<double>(bin.count), off = bin.confidence - bin.rate;
    const double rate = (bin.rate * count + 0.5) / (count + 1);  // a bin with one outcome isn't free of chance
    const double chance = MeanOfFolded(off, std::sqrt(rate * (1 - rate) / count)) - std::abs(off);
    error += count / static_cast<double>(size()) * (std::abs(off) - chance);
  }
  return std::max(error, 0.0);
}

std::optional<double> Reliability::BrierScore() const {
  if (size() < kEnough) return std::nullopt;
  double sum = 0;
  for (const Pair& pair : pairs_) sum += (pair.confidence - pair.hit) * (pair.confidence - pair.hit);
  return sum / static_cast<double>(size());
}

std::optional<double> Reliability::BrierSkill() const {
  const auto score = BrierScore();
  double rate = 0;
  for (const Pair& pair : pairs_) rate += pair.hit / static_cast<double>(size());
  const double reference = rate * (1 - rate);
  if (!score || reference < 1e-6) return std::nullopt;
  return 1 - *score / reference;
}

void Reliability::Save(detectors::Archive& archive) const {
  archive.Put(pairs_);
  archive.Put<std::uint64_t>(next_);
}

base::Result<void> Reliability::Restore(detectors::Archive& archive) {
  *this = Reliability();
  std::vector<Pair> pairs;
  std::uint64_t next = 0;
  if (auto taken = archive.Take(pairs); !taken) return taken;
  if (auto taken = archive.Take(next); !taken) return taken;
  if (pairs.size() > kMemory || next >= kMemory) {
    return base::Error{base::ErrorCode::kInvalid, "the saved scores are damaged"};
  }
  pairs_ = std::move(pairs);
  next_ = pairs_.size() < kMemory ? 0 : next;
  return {};
}

}  // namespace forewarn::confidence
