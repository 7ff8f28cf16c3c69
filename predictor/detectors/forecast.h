// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
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
  void Score(const telemetry::Snapshot& snapshot, AnomalyColumns& columns) override;
  void Learn(const telemetry::Snapshot& snapshot, const Mask& mask) override;
  void Save(Archive& archive) const override;
  base::Result<void> Restore(Archive& archive) override;

 private:
  // Of one series. Missing values leave it as it is.
  struct State {
    float level = 0;      // signal's unit
    float scale = 0;      // mean absolute residual, signal's unit
    float threshold = 3;  // the 98 % quantile of |residual| / scale
    float excess = 1;     // mean of what lies above the threshold
    float one_sided = 0;  // how long, in s and with the sign of the residual, all residuals have been far to one side
    std::uint16_t seen = 0;   // values, capped
    std::uint16_t tick = 0;   // number of the newest value's tick, modulo 2^16
    std::uint16_t since = 0;  // ticks since the first value, capped
  };
  bool Warm(const State& state) const;
  static double Scale(const State& state);
  static Anomaly Judge(const State& state, double value);
  void Absorb(State& state, double value) const;
  static void AbsorbLevel(State& state, double residual, double scale, double rate);
  static void AbsorbTail(State& state, double z);

  // Until the newest tick, of ticks since a series was last seen: s that count as elapsed, and the part of the old that
  // they replace.
  static constexpr std::size_t kGapTicks = 5;
  struct Pace {
    double elapsed = 0, rate = 0;
  };
  void SetPaces(double elapsed);

  Cadence cadence_;
  std::uint16_t ticks_ = 0;                  // modulo 2^16
  std::array<Pace, kGapTicks + 1> paces_{};  // by ticks, capped
  std::vector<std::vector<State>> states_;   // [signal slot][instance slot]
};

}  // namespace forewarn::detectors
