// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "predictor/predictor.h"

namespace forewarn::predictor {

// Where a fault comes to be predicted, its instance alarms, however ordinary its telemetry still is. As every alarm it
// is an event: given at the onset, again where the prediction has become surer by kSurer, and anew when that fault has
// not been predicted for so many ticks. The first fault gives the alarm its name; what another one adds meanwhile is
// likely what the first has led to.
class Foretold {
 public:
  static constexpr double kScore = 2;        // and the confidence: a fault with a name says more than most oddities
  static constexpr double kFurther = 1;      // the same of a fault that another one came before
  static constexpr double kTicks = 36;       // without a prediction, after which it is another one
  static constexpr double kCauseTicks = 8;   // since the last prediction of what may have led to another fault
  static constexpr double kSurer = 0.1;      // confidence
  static constexpr double kYoungSure = 0.6;  // confidence from which on an instance without a score alarms

  struct Terms {
    double time = 0, tick = 0;                    // s since the epoch; s
    const std::map<std::string, double>& notify;  // by fault: confidence from which on it is predicted; others: never
    // By instance: where a detector of whole instances speaks, it is for that one to say what has no name.
    const std::vector<detectors::InstanceAnomaly>& whole;
  };
  void Raise(const Terms& terms, Output& output);
  void Save(detectors::Archive& archive) const;
  base::Result<void> Restore(detectors::Archive& archive);

 private:
  struct Told {             // one fault of one instance
    double since = -1e18;   // s since the epoch when it came to be predicted; long ago: never
    double last = -1e18;    // and when it last was
    double confidence = 0;  // that the newest alarm gave
  };
  void Raise(const Terms& terms, const Prediction& prediction);
  void Join(std::vector<InstanceState>& states) const;
  bool OtherBefore(const Terms& terms, const Prediction& prediction, double since) const;

  std::map<std::string, std::vector<Told>> told_;  // by fault and instance
  std::vector<double> raised_;                     // of one tick, by instance: the score; 0: no alarm
};

}  // namespace forewarn::predictor
