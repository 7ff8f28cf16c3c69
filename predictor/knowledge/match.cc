// SPDX-License-Identifier: Apache-2.0
#include "predictor/knowledge/match.h"

#include <algorithm>

namespace forewarn::knowledge {

double Degrees::Of(Condition condition) const {
  switch (condition) {
    case Condition::kRising:
      return rising;
    case Condition::kFalling:
      return falling;
    case Condition::kHigh:
      return high;
    case Condition::kLow:
      return low;
    case Condition::kNormal:
      return normal;
  }
  return 0;
}

double Match(const Signature& signature, const DegreesOf& degrees_of) {
  double held = 0, weights = 0;
  for (const Symptom& symptom : signature.symptoms) {
    const auto degrees = degrees_of(symptom.signal);
    if (!degrees) continue;
    held += symptom.weight * degrees->Of(symptom.is);
    weights += symptom.weight;
  }
  if (weights == 0) return 0;
  double against = 0;
  for (const Symptom& symptom : signature.unless) {
    if (const auto degrees = degrees_of(symptom.signal)) against = std::max(against, degrees->Of(symptom.is));
  }
  return held / weights * (1 - against);
}

DegreesOf DegreesOfExample(const Example& example) {
  return [&example](const std::string& signal) -> std::optional<Degrees> {
    Degrees degrees;
    for (const auto& [name, condition] : example.given) {
      if (name != signal) continue;
      degrees.normal = condition == Condition::kNormal ? 1 : 0;
      degrees.rising = condition == Condition::kRising ? 1 : 0;
      degrees.falling = condition == Condition::kFalling ? 1 : 0;
      degrees.high = condition == Condition::kHigh ? 1 : 0;
      degrees.low = condition == Condition::kLow ? 1 : 0;
    }
    return degrees;
  };
}

std::vector<std::string> Mistakes(const Signature& signature) {
  std::vector<std::string> mistakes;
  for (const Example& example : signature.examples) {
    const double match = Match(signature, DegreesOfExample(example));
    if ((match > 0.5) == example.match) continue;
    mistakes.push_back(example.where + ": " + (example.match ? "must match" : "must not match") +
                       ", but the match is " + std::to_string(match));
  }
  return mistakes;
}

}  // namespace forewarn::knowledge
