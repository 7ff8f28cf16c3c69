// SPDX-License-Identifier: Apache-2.0
#include "webhook/guard/guard_rails.h"

namespace forewarn::guard {
namespace {

std::string Seconds(base::Duration duration) { return std::to_string(base::ToSeconds(duration)) + " s"; }

}  // namespace

// An alert may be minutes old when it arrives; what telemetry says now decides.
std::optional<std::string> StaleRefuses(const Question& question) {
  // Who asks for an experiment doesn't need a prediction.
  if (question.episode.purpose == alerts::kExperiment && question.episode.Requested()) return std::nullopt;
  const auto& prediction = question.episode.prediction;
  if (!prediction) return "telemetry has no prediction of " + question.episode.fault + " for the domain";
  if (!(prediction->confidence >= prediction->threshold) && !prediction->teaches) {
    return "confidence " + std::to_string(prediction->confidence) + " is below " +
           std::to_string(prediction->threshold);
  }
  const base::Duration age = question.now - prediction->sampled;
  if (age > question.settings.max_prediction_age) return "the prediction is " + Seconds(age) + " old";
  if (-age > question.settings.max_prediction_age) return "the prediction is " + Seconds(-age) + " in the future";
  return std::nullopt;
}

}  // namespace forewarn::guard
