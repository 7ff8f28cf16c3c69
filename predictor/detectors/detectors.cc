// SPDX-License-Identifier: Apache-2.0
#include "predictor/detectors/autoencoder.h"
#include "predictor/detectors/detector.h"
#include "predictor/detectors/forecast.h"
#include "predictor/detectors/isolation_forest.h"

namespace forewarn::detectors {

std::vector<DetectorLine> BuildDetectors() {
  std::vector<DetectorLine> table;
  table.push_back({"forecast", std::make_unique<Forecast>()});
  const auto fleet = std::make_shared<Fleet>();
  table.push_back({"isolation_forest", std::make_unique<IsolationForest>(fleet)});
  table.push_back({"autoencoder", std::make_unique<Autoencoder>(fleet)});
  return table;
}

void AnomalyColumns::Clear(const telemetry::Snapshot& snapshot) {
  resize(snapshot.columns.size());
  detector_of.resize(size());
  forecasts.resize(size());
  for (std::size_t s = 0; s < size(); ++s) {
    (*this)[s].assign(snapshot.columns[s].size(), {});
    detector_of[s].assign(snapshot.columns[s].size(), 0);
    forecasts[s].assign(snapshot.columns[s].size(), {});
  }
  instances.assign(snapshot.instances->size(), {});
}

}  // namespace forewarn::detectors
