// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "predictor/confidence/belief.h"
#include "predictor/detectors/detector.h"
#include "predictor/knowledge/signature.h"
#include "predictor/telemetry/snapshot.h"

namespace forewarn::experiments {

// What is believed of one fault.
struct Lesson {
  const knowledge::Signature* signature = nullptr;
  confidence::Belief accuracy;    // of the signature
  confidence::Belief mitigation;  // of the mitigation that a plan would try first
};

// The instances in one tick.
struct Scene {
  const telemetry::Snapshot& snapshot;
  const detectors::AnomalyColumns& anomalies;
  // By instance: the highest of its predictions, each as a part of its notify threshold; from 1 on, or where there is
  // no entry, nothing is to be tried.
  const std::vector<float>& unrest;
};

struct Value {
  std::uint32_t instance = 0;  // slot
  std::size_t lesson = 0;      // index
  double value = 0;            // above 0, at most 1
};

// value = uncertainty · relevance, 0 to 1 each:
// - The uncertainty is 1 - (1 - s)(1 - m), since one experiment shows both, whether the signature recognises the fault
//   (s) and whether the mitigation relieves it (m): the deviation of what is believed of each as a part of that of
//   Beta(1, 1), which is to know nothing. It is the deviation, not the mean, that an experiment can change: a
//   mitigation that surely fails is as well known as one that surely helps. It falls with each result, whatever that
//   is.
// - The relevance of the instance is how much of the signature can be seen there, by its symptoms' weights, of what
//   is measured of it anywhere, times how calm it is: 1 up to half of a notify threshold, 0 at one. Where no
//   manifestation is measured, or no symptom, it is 0: an injection would show nothing.
constexpr std::size_t kMost = 20;

// The `most` that are worth most, a fault's best before any fault's second best; of equals the lower slot, so that they
// stay the same ones from tick to tick. Looks no further than it takes: many instances are worth as much as can be.
std::vector<Value> MostWorth(const std::vector<Lesson>& lessons, const Scene& scene, std::size_t most = kMost);

}  // namespace forewarn::experiments
