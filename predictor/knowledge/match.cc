// SPDX-License-Identifier: Apache-2.0
#include "predictor/knowledge/match.h"

#include <algorithm>

namespace forewarn::knowledge {
namespace {

using telemetry::IsMissing;

// What is not known, as in examples, is within all bounds.
bool Within(const Clause& clause, double value) {
  return IsMissing(value) || (value >= clause.at_least && value <= clause.at_most);
}

bool IsFar(const Clause& clause, const Degrees& seen) {
  return clause.times == 0 || IsMissing(seen.expected) || seen.value >= clause.times * seen.expected;
}

// nullopt: it cannot be said.
std::optional<double> DegreeOf(const Clause& clause, const std::optional<Degrees>& observed, double horizon) {
  if (!observed) return std::nullopt;
  const Degrees& seen = *observed;
  if (clause.is == Condition::kMissing) return seen.gone;
  if (seen.gone) return std::nullopt;
  const bool now = Within(clause, seen.value), ahead = Within(clause, seen.value + seen.slope * horizon);
  const double high = now && IsFar(clause, seen) ? seen.high : 0, low = now ? seen.low : 0;
  const double rising = ahead ? seen.rising : 0, falling = ahead ? seen.falling : 0;
  switch (clause.is) {
    case Condition::kRising:
      return rising;
    case Condition::kFalling:
      return falling;
    case Condition::kHigh:
      return high;
    case Condition::kLow:
      return low;
    case Condition::kNormal:
      return seen.normal;
    case Condition::kUp:
      return std::max(high, rising);
    case Condition::kDown:
      return std::max(low, falling);
    case Condition::kAbove:
      return IsMissing(seen.value) ? std::max(seen.high, seen.rising) : now;
    case Condition::kBelow:
      return IsMissing(seen.value) ? std::max(seen.low, seen.falling) : now;
    case Condition::kMissing:
      break;
  }
  return std::nullopt;
}

std::optional<double> DegreeOf(const Symptom& symptom, const Observation& seen, double horizon) {
  std::optional<double> strongest;
  for (const Clause& clause : symptom.any) {
    if (const auto degree = DegreeOf(clause, seen[clause.signal], horizon))
      strongest = std::max(strongest.value_or(0), *degree);
  }
  return strongest;
}

double StrongestOf(const std::vector<Clause>& clauses, const Observation& seen, double horizon) {
  double strongest = 0;
  for (const Clause& clause : clauses) {
    strongest = std::max(strongest, DegreeOf(clause, seen[clause.signal], horizon).value_or(0));
  }
  return strongest;
}

Degrees Fully(Condition condition) {
  Degrees degrees;
  degrees.gone = condition == Condition::kMissing;
  degrees.normal = condition == Condition::kNormal;
  degrees.rising = condition == Condition::kRising || condition == Condition::kUp;
  degrees.falling = condition == Condition::kFalling || condition == Condition::kDown;
  degrees.high = condition == Condition::kHigh || condition == Condition::kUp || condition == Condition::kAbove;
  degrees.low = condition == Condition::kLow || condition == Condition::kDown || condition == Condition::kBelow;
  return degrees;
}

}  // namespace

double Against(const Signature& signature, const Observation& seen) {
  return StrongestOf(signature.unless, seen, signature.horizon);
}

double Match(const Signature& signature, const Observation& seen) {
  double held = 0, weights = 0;
  for (const Symptom& symptom : signature.symptoms) {
    const auto degree = DegreeOf(symptom, seen, signature.horizon);
    if (!degree) continue;
    held += symptom.weight * *degree;
    weights += symptom.weight;
  }
  if (weights == 0) return 0;
  const double doubt = StrongestOf(signature.doubt, seen, signature.horizon);
  return held / weights * (1 - Against(signature, seen)) * (1 - doubt);
}

Observation ObservationOf(const Example& example, const Signature& signature) {
  Observation seen(signature.signals.size(), Degrees{});
  for (const auto& [name, condition] : example.given) {
    const auto found = std::find(signature.signals.begin(), signature.signals.end(), name);
    if (found != signature.signals.end())
      seen[static_cast<std::size_t>(found - signature.signals.begin())] = Fully(condition);
  }
  return seen;
}

std::vector<std::string> Mistakes(const Signature& signature) {
  std::vector<std::string> mistakes;
  for (const Example& example : signature.examples) {
    const double match = Match(signature, ObservationOf(example, signature));
    if ((match > 0.5) == example.match) continue;
    mistakes.push_back(example.where + ": " + (example.match ? "must match" : "must not match") +
                       ", but the match is " + std::to_string(match));
  }
  return mistakes;
}

}  // namespace forewarn::knowledge
