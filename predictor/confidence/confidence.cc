// SPDX-License-Identifier: Apache-2.0
#include "predictor/confidence/confidence.h"

#include <algorithm>
#include <cmath>

namespace forewarn::confidence {
namespace {

constexpr double kFadesSlower = 4;  // times the memory: a slow fault's trend comes and goes in its noise

}  // namespace

double Combine(const Strength& strength) {
  return std::clamp(strength.crossing * std::sqrt(strength.match) * strength.accuracy, 0.0, 1.0);
}

double Smoother::Next(std::uint32_t instance, double time, double confidence, double memory) {
  if (instance >= states_.size()) states_.resize(instance + 1);
  State& state = states_[instance];
  const double elapsed = telemetry::IsMissing(state.time) ? memory : time - state.time;
  state.time = time;
  if (confidence < state.value) memory *= kFadesSlower;
  state.value += (1 - std::exp(-elapsed / memory)) * (confidence - state.value);
  return state.value;
}

}  // namespace forewarn::confidence
