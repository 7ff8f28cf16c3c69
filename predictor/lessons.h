// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "predictor/judge.h"
#include "predictor/predictor.h"

// What experiments have to do with predictions: what injections teach, and which would teach most.
namespace forewarn::predictor {

// Tells the scorekeeper what is seen of each injection. `explanations`, by instance: the index of the fault whose
// signature explains it best; -1: none does.
void Recognise(const std::vector<Injection>& injections, const std::vector<std::int32_t>& explanations,
               const Output& output, confidence::Scorekeeper& scorekeeper);

struct Experience {
  const telemetry::Snapshot& snapshot;
  const Circumstances& circumstances;
  const std::vector<Judge>& judges;  // of the scorekeeper's faults, in their order
  const confidence::Scorekeeper& scorekeeper;
  const std::map<std::string, double>& notify;  // confidence, by fault
};
// The experiments that would teach most now. None where the circumstances are unknown, and none with a fault that no
// mitigation is known of: there is nothing to try. Of several the one with the best mean counts, since a plan begins
// with it; of equals the less known one.
std::vector<ExperimentValue> WorthOf(const Experience& experience, const Output& output);

}  // namespace forewarn::predictor
