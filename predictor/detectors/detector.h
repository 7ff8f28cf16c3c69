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

// What a value is expected to be. Kept for every series: two numbers, no more.
struct Expectation {
  float expected = std::numeric_limits<float>::quiet_NaN();  // in the signal's unit; NaN: not known yet
  float band = std::numeric_limits<float>::quiet_NaN();      // how far from it values are ordinary, in the same unit
  double lower() const { return static_cast<double>(expected) - band; }
  double upper() const { return static_cast<double>(expected) + band; }
};

// What is said about one value.
struct Anomaly {
  static constexpr float kNone = std::numeric_limits<float>::quiet_NaN();
  float score = kNone;     // 1.0 is the alarm level; kMissing where it cannot be judged (no value, or still warming up)
  float expected = kNone;  // as an Expectation's
  float band = kNone;
  Expectation expectation() const { return {expected, band}; }
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

// [signal slot][instance slot], as a Snapshot's columns; beside them what concerns whole instances, by slot. Detectors
// speak one after the other; of each value that is kept to which it is the strangest.
struct AnomalyColumns : std::vector<std::vector<Anomaly>> {
  std::vector<InstanceAnomaly> instances;
  std::vector<std::vector<std::uint8_t>> detector_of;  // whose anomaly it is
  std::vector<std::vector<Expectation>> forecasts;     // what its own past says of a series, whoever finds it stranger
  std::uint8_t speaker = 0;                            // the detector that speaks now

  void Clear(const telemetry::Snapshot& snapshot);  // in the shape of the snapshot, with nothing said
  bool IsNews(std::size_t signal, std::size_t instance, float score) const {
    return !(score <= (*this)[signal][instance].score);
  }
  void Say(std::size_t signal, std::size_t instance, const Anomaly& anomaly) {
    (*this)[signal][instance] = anomaly;
    detector_of[signal][instance] = speaker;
  }
};

// Instances (by slot) that teach nothing in this tick: own experiments, maintenance. Shorter than instances: the rest
// teach.
using Mask = std::vector<bool>;
inline bool IsMasked(const Mask& mask, std::size_t instance) { return instance < mask.size() && mask[instance]; }

// One family of models; batch over all instances. Numbers only: no clock, no input or output of its own.
class Detector {
 public:
  virtual ~Detector() = default;
  // Says what is news in `columns`. Always before Learn of the same snapshot: no look-ahead.
  virtual void Score(const telemetry::Snapshot& snapshot, AnomalyColumns& columns) = 0;
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
