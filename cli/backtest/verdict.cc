// SPDX-License-Identifier: Apache-2.0
#include "cli/backtest/verdict.h"

#include <algorithm>

namespace forewarn::backtest {

using telemetry::IsMissing;
using telemetry::kMissing;

std::string SnakeCase(std::string_view name) {
  std::string snake;
  for (const char c : name) {
    const bool upper = c >= 'A' && c <= 'Z';
    if (upper && !snake.empty()) snake += '_';
    snake += upper ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return snake;
}

Verdicts::Verdicts(const predictor::Predictor& predictor) : names_(predictor.Faults()) {
  for (const auto& name : names_) {
    faults_.push_back(SnakeCase(name));
    notify_.push_back(predictor.ThresholdsOf(name).notify);
  }
}

void Verdicts::Read(const predictor::Output& output, std::uint32_t instances) {
  scores_.assign(instances, 0);
  confidences_.assign(instances * faults_.size(), kMissing);
  for (const auto& state : output.instances) {
    if (!IsMissing(state.score)) scores_[state.instance] = state.score;
  }
  for (const auto& prediction : output.predictions) {
    const auto fault = std::find(names_.begin(), names_.end(), prediction.fault) - names_.begin();
    confidences_[prediction.instance * faults_.size() + static_cast<std::size_t>(fault)] = prediction.confidence;
  }
}

Verdicts::Name Verdicts::NameOf(std::uint32_t instance) const {
  const double* const confidences = &confidences_[instance * faults_.size()];
  constexpr std::size_t kNone = -1;
  std::size_t notified = kNone, surest = kNone;
  for (std::size_t f = 0; f < faults_.size(); ++f) {
    if (IsMissing(confidences[f])) continue;
    if (surest == kNone || confidences[f] >= confidences[surest]) surest = f;
    if (confidences[f] >= notify_[f] && (notified == kNone || confidences[f] > confidences[notified])) notified = f;
  }
  if (notified != kNone) return {faults_[notified], confidences[notified]};
  const double confidence = surest == kNone ? kMissing : confidences[surest];
  if (Score(instance) < 1) return {{}, confidence};
  return {surest == kNone || confidence <= 0 ? faults_.back() : faults_[surest], confidence};
}

}  // namespace forewarn::backtest
