// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "predictor/detectors/baseline.h"
#include "predictor/detectors/cadence.h"
#include "predictor/detectors/detector.h"
#include "predictor/detectors/groups.h"

// What the detectors of whole instances share.
namespace forewarn::detectors {

// The part of the old that one tick replaces, at the discovered cadence.
class Pace {
 public:
  double slow() const { return slow_; }      // of models and of what they are held against: days
  double fast() const { return fast_; }      // until what lasts is usual: hours
  double smooth() const { return smooth_; }  // of how far an instance stands apart: half an hour
  void Advance(double time);

 private:
  Cadence cadence_;
  double slow_ = 0, fast_ = 0, smooth_ = 0;
};

// The baselines of all series, and with them which signals an instance has.
class Baselines {
 public:
  const Baseline& Of(std::uint32_t signal, std::uint32_t instance) const { return columns_[signal][instance]; }
  // Each value in scales, as rows of `width` signals, by instance; kMissing where there is none that is finite.
  void Normalise(const telemetry::Snapshot& snapshot, std::size_t width, std::vector<double>& rows) const;
  void Learn(const telemetry::Snapshot& snapshot, const Mask& mask, double rate);
  template <class Model>
  void Settle(Groups<Model>& groups) const {
    for (std::uint32_t i = 0; i < known_.size(); ++i) {
      groups.Settle(i, known_[i], [&] { return SignalsOf(i); });
    }
  }
  void Save(Archive& archive) const;
  base::Result<void> Restore(Archive& archive);

 private:
  std::vector<std::uint32_t> SignalsOf(std::uint32_t instance) const;

  std::vector<std::vector<Baseline>> columns_;  // [signal slot][instance slot]
  std::vector<std::uint32_t> known_;            // signals that each instance has ever had
};

// The instances as such detectors see them: each value in scales from its baseline, worked out and learned once per
// tick for all of them.
class Fleet {
 public:
  // Each does its work for the first who asks in a tick, and nothing for the others.
  void See(const telemetry::Snapshot& snapshot);
  void Learn(const telemetry::Snapshot& snapshot, const Mask& mask);

  // Of the tick that was seen, by what was known before it; kMissing where there is no value.
  double Normalised(std::uint32_t signal, std::uint32_t instance) const {
    return signal < width_ && instance < rows_.size() / width_ ? rows_[instance * width_ + signal]
                                                               : telemetry::kMissing;
  }
  const Pace& pace() const { return pace_; }
  const Baselines& baselines() const { return baselines_; }

  void Save(Archive& archive) const;
  base::Result<void> Restore(Archive& archive);

 private:
  Pace pace_;
  Baselines baselines_;
  std::vector<double> rows_;                                           // [instance slot][signal slot]
  std::size_t width_ = 1;                                              // of a row: signals
  double seen_ = telemetry::kMissing, learned_ = telemetry::kMissing;  // s since the epoch: the newest ticks
};

// What one of those who share a fleet has restored is from now on that of all.
inline std::shared_ptr<Fleet> Share(std::shared_ptr<Fleet> shared, Fleet& restored) {
  *shared = std::move(restored);
  return shared;
}

}  // namespace forewarn::detectors
