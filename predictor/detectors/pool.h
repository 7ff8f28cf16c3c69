// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "predictor/detectors/archive.h"

namespace forewarn::detectors {

// What only some of many have at a time: each has a place, from 1, which its owner keeps; 0 is none.
template <class T>
class Pool {
 public:
  // A fresh one's; 0: there are `most`, and one more is wanted until a place becomes free.
  std::uint32_t Take(std::size_t most) {
    wanted_ = free_.empty() && items_.size() >= most;
    if (wanted_) return 0;
    if (free_.empty()) {
      // A vector that doubles would take room for more than there may be.
      if (items_.size() == items_.capacity()) items_.reserve(std::min(most, items_.size() + items_.size() / 4 + 64));
      items_.emplace_back();
      return static_cast<std::uint32_t>(items_.size());
    }
    const std::uint32_t place = free_.back();
    free_.pop_back();
    At(place) = {};
    return place;
  }
  void GiveBack(std::uint32_t place) { free_.push_back(place); }
  bool wanted() const { return wanted_; }
  T& At(std::uint32_t place) { return items_[place - 1]; }
  const T& At(std::uint32_t place) const { return items_[place - 1]; }

  void Save(Archive& archive) const { archive.Put(items_); }
  // To be followed by Settle.
  base::Result<void> Restore(Archive& archive) { return archive.Take(items_); }
  // `owned`: all places that somebody has; the others are free. kInvalid: one is not there, or has two owners.
  base::Result<void> Settle(const std::vector<std::uint32_t>& owned) {
    std::vector<bool> used(items_.size());
    for (const std::uint32_t place : owned) {
      if (place == 0 || place > used.size() || used[place - 1]) {
        return base::Error{base::ErrorCode::kInvalid, "the saved state names a place that it does not hold"};
      }
      used[place - 1] = true;
    }
    for (std::uint32_t i = 0; i < used.size(); ++i) {
      if (!used[i]) GiveBack(i + 1);
    }
    return {};
  }

 private:
  std::vector<T> items_;
  std::vector<std::uint32_t> free_;
  bool wanted_ = false;
};

}  // namespace forewarn::detectors
