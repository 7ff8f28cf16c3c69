// SPDX-License-Identifier: Apache-2.0
#include "predictor/detectors/detector.h"
#include "predictor/detectors/forecast.h"

namespace forewarn::detectors {

std::vector<DetectorLine> BuildDetectors() {
  std::vector<DetectorLine> table;
  table.push_back({"forecast", std::make_unique<Forecast>()});
  return table;
}

}  // namespace forewarn::detectors
