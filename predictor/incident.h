// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "predictor/detectors/archive.h"
#include "predictor/detectors/cadence.h"
#include "predictor/detectors/novelty.h"
#include "predictor/predictor.h"

namespace forewarn::predictor {

// An instance as a whole: from the surprises of its signals to one score, of which 1.0 is the alarm level.
//
// The alarm level is a rate, not a distance: so rare that ordinary life shows it once in many days, whatever the
// cadence. A single odd value suffices where there are few signals; of many, two at least have to be odd in two of
// three ticks. An alarm is an event, not a state: a score of 1 or more is given at the onset, and again within the
// latch's window only where it becomes clearly worse. In between, and below the level, the score is a ranking under 1.
class Incidents {
 public:
  // Scores what was known before the snapshot; then learns from it. `mask`: instances that teach nothing.
  const std::vector<InstanceState>& Tick(const telemetry::Snapshot& snapshot, const detectors::Mask& mask);
  void Save(detectors::Archive& archive) const;
  base::Result<void> Restore(detectors::Archive& archive);  // kInvalid: damaged; the state is then fresh

 private:
  // Of one instance.
  struct Latch {
    double since = -1e18;  // s since the epoch: when it was last beyond the alarm level
    double record = 0;     // nats, of that excursion
  };
  double SurpriseOf(std::uint32_t instance);
  double ScoreOf(Latch& latch, double surprise, double time) const;

  detectors::Novelty novelty_;
  detectors::Cadence cadence_;
  detectors::SurpriseColumns surprises_, before_, earlier_;  // of this tick and the two before it
  std::vector<float> of_one_;                                // the surprises of one instance's signals
  std::vector<Latch> latches_;
  std::vector<InstanceState> states_;
};

}  // namespace forewarn::predictor
