// SPDX-License-Identifier: Apache-2.0
#include "predictor/standout.h"

#include <algorithm>
#include <cmath>

namespace forewarn::predictor {

void Standout::Judge(const std::vector<detectors::InstanceAnomaly>& anomalies, std::vector<InstanceState>& states) {
  static const double kKept = std::exp(-1 / kFade);
  if (faded_.size() < anomalies.size()) faded_.resize(anomalies.size(), 0);
  for (InstanceState& state : states) {
    if (state.instance >= anomalies.size() || telemetry::IsMissing(anomalies[state.instance].score)) continue;
    const auto& [score, standing] = anomalies[state.instance];
    float& faded = faded_[state.instance];
    faded = static_cast<float>(std::max(score, kKept * faded));
    state.score = score >= 1 ? score + kStanding * standing : std::min(faded + kStanding * standing, kMost) / kRange;
  }
}

}  // namespace forewarn::predictor
