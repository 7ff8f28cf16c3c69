// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "cli/backtest/verdict.h"
#include "predictor/predictor.h"

namespace forewarn::backtest {

// What a predictor says of slot 0.
inline predictor::Output Say(double score, const std::vector<std::pair<std::string, double>>& confidences,
                             const std::string& likeliest = "Unknown") {
  predictor::Output output;
  predictor::InstanceState state;
  state.score = score;
  state.fault = likeliest;
  output.instances.push_back(state);
  for (const auto& [fault, confidence] : confidences) {
    predictor::Prediction prediction;
    prediction.fault = fault;
    prediction.confidence = confidence;
    output.predictions.push_back(prediction);
  }
  return output;
}

inline std::unique_ptr<predictor::Predictor> MakePredictor(predictor::Settings settings = {}) {
  return std::move(predictor::Predictor::Create(std::move(settings))).value();
}

}  // namespace forewarn::backtest
