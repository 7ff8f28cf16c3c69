// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "predictor/detectors/detector.h"

namespace forewarn::detectors {

// Instances under a detector: their signals follow one load each, so that they say something of each other. Next scores
// the tick with what was known before it, then teaches it.
template <class Kind>
class FleetScenario {
 public:
  FleetScenario(std::size_t instances, std::size_t signals) : values_(signals, std::vector<double>(instances)) {
    for (std::size_t i = 0; i < instances; ++i) instances_.SlotOf("vm" + std::to_string(i));
    for (std::size_t s = 0; s < signals; ++s) signals_.SlotOf("x" + std::to_string(s));
  }

  // Ordinary values of the next tick, to be changed before Next.
  std::vector<std::vector<double>>& Draw() {
    for (std::size_t i = 0; i < values_[0].size(); ++i) {
      const double load = 10 + 3 * noise_(random_);
      for (std::size_t s = 0; s < values_.size(); ++s) {
        values_[s][i] = std::pow(100.0, static_cast<double>(s % 3)) * (load + 0.3 * noise_(random_));
      }
    }
    return values_;
  }
  const AnomalyColumns& Next(const Mask& mask = {}) {
    const telemetry::Snapshot snapshot{time_ += 15, &instances_, &signals_, values_};
    columns_.Clear(snapshot);
    detector_.Score(snapshot, columns_);
    detector_.Learn(snapshot, mask);
    return columns_;
  }
  const AnomalyColumns& Ordinary(int ticks) {
    for (int i = 0; i < ticks; ++i) Draw(), Next();
    return columns_;
  }

  Kind detector_;
  double time_ = 1.7e9;

 private:
  telemetry::Names instances_, signals_;
  std::vector<std::vector<double>> values_;
  AnomalyColumns columns_;
  std::mt19937 random_{7};
  std::normal_distribution<double> noise_;
};

}  // namespace forewarn::detectors
