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

// Unknown, the last, where there is no such fault.
std::size_t Verdicts::IndexOf(const std::string& fault) const {
  return static_cast<std::size_t>(std::find(names_.begin(), names_.end() - 1, fault) - names_.begin());
}

void Verdicts::Read(const predictor::Output& output, std::uint32_t instances) {
  scores_.assign(instances, 0);
  confidences_.assign(instances * faults_.size(), kMissing);
  likeliest_.assign(instances, faults_.size() - 1);
  for (const auto& state : output.instances) {
    if (!IsMissing(state.score)) scores_[state.instance] = state.score;
    likeliest_[state.instance] = IndexOf(state.fault);
  }
  for (const auto& prediction : output.predictions) {
    confidences_[prediction.instance * faults_.size() + IndexOf(prediction.fault)] = prediction.confidence;
  }
}

Verdicts::Name Verdicts::NameOf(std::uint32_t instance) const {
  const double* const confidences = &confidences_[instance * faults_.size()];
  constexpr std::size_t kNone = -1;
  std::size_t notified = kNone, surest = kNone;
  for (std::size_t f = 0; f < faults_.size(); ++f) {
    if (IsMissing(confidences[f])) continue;
    if (surest == kNone || confidences[f] > confidences[surest]) surest = f;
    if (confidences[f] >= notify_[f] && (notified == kNone || confidences[f] > confidences[notified])) notified = f;
  }
  if (notified != kNone) return {faults_[notified], confidences[notified]};
  if (Score(instance) < 1) return {{}, surest == kNone ? kMissing : confidences[surest]};
  return {faults_[likeliest_[instance]], confidences[likeliest_[instance]]};
}

}  // namespace forewarn::backtest
