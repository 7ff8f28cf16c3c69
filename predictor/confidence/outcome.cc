// SPDX-License-Identifier: Apache-2.0
#include "predictor/confidence/outcome.h"

namespace forewarn::confidence {

const char* Name(Outcome outcome) {
  switch (outcome) {
    case Outcome::kHit:
      return "hit";
    case Outcome::kFalseAlarm:
      return "false_alarm";
    case Outcome::kMissed:
      return "missed";
    case Outcome::kMitigated:
      return "mitigated";
    case Outcome::kDropped:
      return "dropped";
  }
  return "dropped";
}

}  // namespace forewarn::confidence
