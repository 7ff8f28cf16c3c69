// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace forewarn::confidence {

// What came of a prediction, or that there was none.
enum class Outcome : std::uint8_t {
  kHit,         // the manifestation began within the horizon
  kFalseAlarm,  // the horizon passed without it
  kMissed,      // a manifestation began that no open prediction had foretold
  kMitigated,   // censored: a mitigation was in force, so that it can't be known
  kDropped,     // censored: telemetry went away, or the instance was masked
};
inline constexpr std::array kOutcomes = {Outcome::kHit, Outcome::kFalseAlarm, Outcome::kMissed, Outcome::kMitigated,
                                         Outcome::kDropped};
inline constexpr std::size_t kOutcomeCount = kOutcomes.size();
const char* Name(Outcome outcome);

// A prediction whose outcome is known.
struct Judged {
  double confidence = 0;  // as it was given, 0 to 1
  bool hit = false;
};

}  // namespace forewarn::confidence
