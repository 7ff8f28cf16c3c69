// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstdint>
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

}  // namespace forewarn::detectors
