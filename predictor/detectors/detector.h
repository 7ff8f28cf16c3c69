// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "predictor/detectors/archive.h"
#include "predictor/telemetry/snapshot.h"

namespace forewarn::detectors {

// What one detector says about one value.
struct Anomaly {
  double score = 0;     // 1.0 is the alarm level; kMissing where it cannot be judged (no value, or still warming up)
  double expected = 0;  // in the signal's unit; likewise lower and upper, the band of ordinary values
  double lower = 0, upper = 0;
};

// [signal slot][instance slot], as a Snapshot's columns.
using AnomalyColumns = std::vector<std::vector<Anomaly>>;

// Instances (by slot) that teach nothing in this tick: own experiments, maintenance. Shorter than instances: the rest
// teach.
using Mask = std::vector<bool>;

// One family of models; batch over all instances. Numbers only: no clock, no input or output of its own.
class Detector {
 public:
  virtual ~Detector() = default;
  virtual void Score(const telemetry::Snapshot& snapshot,
                     AnomalyColumns& columns) const = 0;                          // always before Learn: no look-ahead
  virtual void Learn(const telemetry::Snapshot& snapshot, const Mask& mask) = 0;  // absorbs one tick
  virtual void Save(Archive& archive) const = 0;
  virtual base::Result<void> Restore(
      Archive& archive) = 0;  // kInvalid: damaged or of another version; the state is then fresh
};

struct DetectorLine {
  std::string_view name;  // in evidence and labels
  std::unique_ptr<Detector> detector;
};

// One of each family. To add one, see README.md.
std::vector<DetectorLine> BuildDetectors();

}  // namespace forewarn::detectors
