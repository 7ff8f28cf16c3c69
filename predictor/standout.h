// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "predictor/detectors/detector.h"
#include "predictor/predictor.h"

namespace forewarn::predictor {

// Where a detector of whole instances speaks, it is heard instead of the single signals: it knows what they usually are
// to each other. Its alarm counts the more the longer the instance has stood apart from what it was; without one there
// is a ranking under 1 that fades slowly, since the neighbourhood of what was strange is strange.
//
// A detector that has known an instance for a short while knows its tails badly: what is strange to it has to be the
// stranger. What a signature explains counts more than what none does.
class Standout {
 public:
  static constexpr double kFade = 20;     // ticks in which what was strange fades by e
  static constexpr double kStanding = 2;  // weight of standing apart
  static constexpr double kRange = 10;    // score at which the ranking reaches 1
  static constexpr double kMost = 0.9 * kRange;
  static constexpr double kYoung = 200;    // ticks: after n of them the alarm level is 1 + kYoung / n
  static constexpr double kExplained = 1;  // on top of an alarm's score

  // Replaces the scores in `states`; instances of which no detector speaks keep theirs. `explanations`: by instance,
  // below 0 or absent where no signature explains what is seen.
  void Judge(const std::vector<detectors::InstanceAnomaly>& anomalies, const std::vector<std::int32_t>& explanations,
             std::vector<InstanceState>& states);
  void Save(detectors::Archive& archive) const { archive.PutInstances(memories_); }
  base::Result<void> Restore(detectors::Archive& archive) { return archive.TakeInstances(memories_); }

 private:
  struct Memory {     // of one instance
    float faded = 0;  // score
    float heard = 0;  // ticks in which a detector spoke of it, capped
  };
  std::vector<Memory> memories_;
};

}  // namespace forewarn::predictor
