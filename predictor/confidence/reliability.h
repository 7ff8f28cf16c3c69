// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "common/base/result.h"
#include "predictor/confidence/outcome.h"
#include "predictor/detectors/archive.h"

namespace forewarn::confidence {

// How right the last kMemory judged predictions were. Nothing is said of fewer than kEnough.
class Reliability {
 public:
  static constexpr std::size_t kMemory = 1000, kEnough = 50;

  struct Bin {
    double confidence = 0, rate = 0;  // mean confidence, and how many of them were hits
    std::size_t count = 0;
  };

  void Add(const Judged& judged);
  std::size_t size() const { return pairs_.size(); }

  // Bins of equal counts, ten predictions each at least and ten of them at most.
  std::vector<Bin> Bins() const;
  // Expected calibration error, 0 to 1: the mean distance of the bins' rates from their confidences, less what chance
  // would add to it were the rates the truth: debiased as by Kumar, Liang and Ma (NeurIPS 2019), with the expectation
  // in closed form. That is all of the bias where the true error is large, and nearly half of it where there is none.
  std::optional<double> CalibrationError() const;
  // Mean squared error (Brier, 1950), 0 to 1.
  std::optional<double> BrierScore() const;
  // What is better than always saying the base rate: 1 perfect, 0 no better; nullopt, too, where all had one outcome.
  std::optional<double> BrierSkill() const;

  void Save(detectors::Archive& archive) const;
  base::Result<void> Restore(detectors::Archive& archive);

 private:
  struct Pair {
    float confidence;
    float hit;  // 0 or 1
  };
  std::vector<Pair> pairs_;  // a ring once it is full
  std::size_t next_ = 0;
};

}  // namespace forewarn::confidence
