// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
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

// What one detector says about an instance as a whole; what looks at single series says nothing.
struct InstanceAnomaly {
  double score = std::numeric_limits<double>::quiet_NaN();  // 1.0 is the alarm level: something is new; or kMissing
  double standing = 0;  // 0 to 1; how far the instance is from what it was in the long run, new or not

  // Of two detectors that which finds more.
  void Join(const InstanceAnomaly& other) {
    score = std::fmax(score, other.score);
    standing = std::max(standing, other.standing);
  }
};

// [signal slot][instance slot], as a Snapshot's columns; beside them what concerns whole instances, by slot.
struct AnomalyColumns : std::vector<std::vector<Anomaly>> {
  using std::vector<std::vector<Anomaly>>::vector;
  std::vector<InstanceAnomaly> instances;  // shorter than instances: nothing of the rest
};

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
  std::string_view name;  // in evidence and labels; lives as long as the program
  std::unique_ptr<Detector> detector;
};

// One of each family. To add one, see README.md.
std::vector<DetectorLine> BuildDetectors();

}  // namespace forewarn::detectors
