// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>

#include "common/base/result.h"
#include "predictor/confidence/belief.h"
#include "predictor/confidence/outcome.h"
#include "predictor/detectors/archive.h"

namespace forewarn::confidence {

// From the confidence that Combine gives to a probability, for one fault, learnt from outcomes. Two levels, each of
// which gives way to the one before it while little is known:
// - The signature's accuracy: a Beta posterior, kAccuracyStrength outcomes' worth of the prior accuracy and then what
//   became of predictions of at least half the full strength (weak ones say nothing about strong ones).
// - Bins of the confidence, each shrunk to that line by kBinStrength outcomes, then made monotone by pooling adjacent
//   violators (Ayer et al., 1955; isotonic calibration after Zadrozny and Elkan, KDD 2002). Straight lines between.
// Isotonic rather than logistic: what is wrong with a raw confidence differs from range to range and has no known
// shape.
//
// Outcomes fade: half of their weight in kHalfLife, and a bin remembers at most kMemory. The map in force follows what
// is learnt at most once a horizon, only where it is off by more than kTolerance, and by kStep at most, so that no
// alert flaps because of it.
//
// Where more than kCensored of a bin's recent predictions were mitigated it is frozen: those that were not are no fair
// sample, since a fault that is on its way escalates until it is mitigated. It learns again when they are fewer.
class Calibration {
 public:
  static constexpr std::size_t kBins = 20;
  static constexpr double kAccuracyStrength = 20, kBinStrength = 10;  // outcomes
  static constexpr double kHalfLife = 30 * 86400.0;                   // s
  static constexpr double kMemory = 500;                              // outcomes
  static constexpr double kTolerance = 0.02, kStep = 0.05;            // probability
  static constexpr double kCensored = 0.1;
  static constexpr double kCeiling = 0.99;  // nothing is certain

  // `prior_accuracy`: of predictions of full strength, before outcomes are known; what raw confidences contain.
  explicit Calibration(double prior_accuracy = 1);

  // The probability, 0 to 1, never falling where `raw` rises.
  double Of(double raw) const;
  void Learn(const Judged& outcome);  // the raw confidence, and what came of it
  void Censor(double raw);            // a mitigation came between
  // Takes over what was learnt; `time` in s since the epoch, `interval` at least between two times.
  void Refresh(double time, double interval);

  double Accuracy() const;  // posterior mean, 0 to 1
  // What that is the mean of: the prior's outcomes, and the strong predictions' at their full strength's worth.
  Worth Known() const;
  bool IsFrozen(double raw) const;
  bool IsFrozen() const;  // anywhere

  void Save(detectors::Archive& archive) const;
  base::Result<void> Restore(detectors::Archive& archive);

 private:
  using Knots = std::array<double, kBins + 2>;  // at 0, at the middle of each bin, at 1
  struct Bin {
    double count = 0, raw = 0, hits = 0;  // faded sums
    double recent = 0, censored = 0;      // predictions, at most kRecent; share of them that was mitigated
  };
  static std::size_t BinOf(double raw);
  double Factor() const;
  Knots Learnt() const;
  void Fade(double factor);

  double prior_accuracy_;
  double strong_raw_ = 0, strong_hits_ = 0;
  std::array<Bin, kBins> bins_{};
  Knots in_force_;
  double refreshed_ = 0;
};

}  // namespace forewarn::confidence
