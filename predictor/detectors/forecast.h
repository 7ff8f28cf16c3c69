// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "predictor/detectors/cadence.h"
#include "predictor/detectors/detector.h"

namespace forewarn::detectors {

// Forecast of each series from its own past: a robust level and scale. The score is a tail probability of the series'
// own residuals, so that 1.0 means equally rare everywhere: the exponential tail above a high quantile, after SPOT
// (Siffer et al., KDD 2017), with the quantile tracked by stochastic approximation (Robbins and Monro, 1951).
class Forecast final : public Detector {
 public:
  void Score(const telemetry::Snapshot& snapshot, AnomalyColumns& columns) const override;
  void Learn(const telemetry::Snapshot& snapshot, const Mask& mask) override;
  void Save(Archive& archive) const override;
  base::Result<void> Restore(Archive& archive) override;

 private:
  // Of one series. Missing values leave it as it is.
  struct State {
    double since = 0;     // s since the epoch: the first value
    double last = 0;      // s since the epoch: the newest value
    float seen = 0;       // values, capped
    double level = 0;     // signal's unit
    float scale = 0;      // mean absolute residual, signal's unit
    float threshold = 3;  // the 98 % quantile of |residual| / scale
    float excess = 1;     // mean of what lies above the threshold
    float one_sided = 0;  // how long, in s and with the sign of the residual, all residuals have been far to one side
  };
  bool Warm(const State& state) const;
  static double Scale(const State& state);
  static Anomaly Judge(const State& state, double value);
  void Absorb(State& state, double time, double value) const;

  Cadence cadence_;
  std::vector<std::vector<State>> states_;  // [signal slot][instance slot]
};

}  // namespace forewarn::detectors
