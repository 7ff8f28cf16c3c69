// SPDX-License-Identifier: Apache-2.0
#include "predictor/standout.h"

#include <algorithm>
#include <cmath>

namespace forewarn::predictor {

void Standout::Judge(const std::vector<detectors::InstanceAnomaly>& anomalies,
                     const std::vector<std::int32_t>& explanations, std::vector<InstanceState>& states) {
  static const double kKept = std::exp(-1 / kFade);
  if (memories_.size() < anomalies.size()) memories_.resize(anomalies.size());
  for (InstanceState& state : states) {
    if (state.instance >= anomalies.size() || telemetry::IsMissing(anomalies[state.instance].score)) continue;
    const bool explained = state.instance < explanations.size() && explanations[state.instance] >= 0;
    const auto& [raw, standing] = anomalies[state.instance];
    Memory& memory = memories_[state.instance];
    memory.heard = std::min(memory.heard + 1, 1e6f);
    const double score = raw / (1 + kYoung / memory.heard);
    memory.faded = static_cast<float>(std::max(score, kKept * memory.faded));
    state.score = score >= 1 ? score + kStanding * standing + (explained ? kExplained : 0)
                             : std::min(memory.faded + kStanding * standing, kMost) / kRange;
  }
}

}  // namespace forewarn::predictor
