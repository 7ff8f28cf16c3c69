// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "predictor/detectors/detector.h"
#include "predictor/predictor.h"

namespace forewarn::predictor {

// Where a detector of whole instances speaks, it is heard instead of the single signals: it knows what they usually are
// to each other. Its alarm counts the more the longer the instance has stood apart from what it was; without one there
// is a ranking under 1 that fades slowly, since the neighbourhood of what was strange is strange.
class Standout {
 public:
  static constexpr double kFade = 20;     // ticks in which what was strange fades by e
  static constexpr double kStanding = 2;  // weight of standing apart
  static constexpr double kRange = 10;    // score at which the ranking reaches 1
  static constexpr double kMost = 0.9 * kRange;

  // Replaces the scores in `states`; instances of which no detector speaks keep theirs.
  void Judge(const std::vector<detectors::InstanceAnomaly>& anomalies, std::vector<InstanceState>& states);
  void Save(detectors::Archive& archive) const { archive.PutInstances(faded_); }
  base::Result<void> Restore(detectors::Archive& archive) { return archive.TakeInstances(faded_); }

 private:
  std::vector<float> faded_;  // by instance
};

}  // namespace forewarn::predictor
