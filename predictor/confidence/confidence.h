// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "predictor/detectors/archive.h"
#include "predictor/telemetry/snapshot.h"

namespace forewarn::confidence {

// What speaks for a prediction now.
struct Strength {
  double crossing = 0;  // P(the forecast reaches the manifestation's limit within the horizon)
  double match = 0;     // how well the signature explains what is seen
  double accuracy = 0;  // how often the signature is right at full strength
};

// The probability that the manifestation occurs within the horizon, before calibration on outcomes: a weak match speaks
// against the signature, so its square root keeps a match that is nearly whole nearly whole.
double Combine(const Strength& strength);

// A confidence over time, per instance: one odd tick does not raise it, and a few do not drop it, so that what an alert
// has told of is still said when it is looked at again.
class Smoother {
 public:
  // `confidence` at `time` (s since the epoch); `memory` in s, of what rises.
  double Next(std::uint32_t instance, double time, double confidence, double memory);
  void Save(detectors::Archive& archive) const { archive.PutInstances(states_); }
  base::Result<void> Restore(detectors::Archive& archive) { return archive.TakeInstances(states_); }

 private:
  struct State {
    double time = telemetry::kMissing;
    double value = 0;
  };
  std::vector<State> states_;
};

}  // namespace forewarn::confidence
