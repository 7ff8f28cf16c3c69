// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "common/config/yaml.h"
#include "predictor/confidence/scorekeeper.h"
#include "predictor/detectors/detector.h"
#include "predictor/telemetry/snapshot.h"

// The whole predictor behind one function: a snapshot in, predictions out. Pure: no clock, no sockets, no files, no
// threads; the same ticks give the same predictions in the daemon and in a backtest.
namespace forewarn::predictor {

struct Thresholds {
  double notify = 0.5, experiment = 0.6, mitigate = 0.7;  // confidence, 0 to 1; notify <= experiment <= mitigate
  double knowledge = 0.6;                                 // value of an experiment, 0 to 1
};

struct Settings {
  std::map<std::string, Thresholds> thresholds;  // by fault; "default" for the others
  std::vector<std::string>
      signature_texts;  // further signatures, as YAML text; a fault of the same name replaces the built-in
  std::vector<std::string> signature_names;  // the file names of those, for error messages
};

// Takes thresholds out of a config's mapping; mistakes are recorded in its document.
std::map<std::string, Thresholds> DecodeThresholds(const config::Node& node);

struct Evidence {
  std::uint32_t signal = 0;        // slot
  double value = 0, expected = 0;  // in the signal's unit
  double score = 0;                // anomaly score; 1.0 is the alarm level
  std::string_view detector;       // which said so; lives as long as the program
};

struct Prediction {
  std::uint32_t instance = 0;  // slot
  std::string fault;
  double confidence = 0;     // P(the manifestation occurs within the horizon, if nothing is done), 0 to 1
  double severity = 0;       // 0 normal to 1 manifestation limit, forecast within the horizon
  double expected_time = 0;  // s since the epoch when the manifestation is expected; kMissing: not within the horizon
  double horizon = 0;        // s, fixed per signature
  std::vector<Evidence> evidence;
  bool manifested = false;  // it has come true
  bool shared = false;      // part of a prediction of its hypervisor, which stands for it
};

// One cause on a hypervisor that befalls its instances together.
struct HypervisorPrediction {
  std::string hypervisor, fault;
  double confidence = 0;                 // the mean of the instances' own
  double severity = 0;                   // the highest of them
  double expected_time = 0;              // s since the epoch: the first of them; kMissing: not within the horizon
  double horizon = 0;                    // s
  std::vector<std::uint32_t> instances;  // slots, ascending
};

// An instance as a whole.
struct InstanceState {
  std::uint32_t instance = 0;
  double score = 0;               // 1.0 is the alarm level
  std::string fault = "Unknown";  // the likeliest explanation of what is seen, sure or not
};

// What an experiment with a fault on an instance would teach: 0 nothing to 1. predictor/experiments has the method.
struct ExperimentValue {
  std::uint32_t instance = 0;  // slot
  std::string fault;
  double value = 0;
};

struct Output {
  std::vector<Prediction> predictions;  // one per (instance, fault) that can be judged now; stale inputs give none
  // What each signal is expected to be now, and how far from it is; a score that is kMissing says nothing.
  detectors::AnomalyColumns signals;
  std::vector<InstanceState> instances;
  std::vector<HypervisorPrediction> hypervisors;
  std::vector<ExperimentValue> experiments;  // those that would teach most, few
};

// A fault that is injected on an instance now.
struct Injection {
  std::uint32_t instance = 0;  // slot
  std::string fault;
};

// How sure it is that an actuator relieves a fault.
struct Success {
  std::string fault, actuator;
  confidence::Belief belief;
};

// What is known of the instances beside their telemetry, by instance slot; shorter than instances: nothing of the rest.
struct Circumstances {
  detectors::Mask masked;     // own experiments, maintenance: teaches nothing and is not counted
  detectors::Mask mitigated;  // a mitigation is in force: what would have come of a prediction can't be known
  std::vector<std::string> hypervisors;  // where each runs; empty: unknown
  std::vector<Injection> injections;     // of own experiments; their instances are masked, too
  std::vector<Success> successes;  // of each mitigation that could be tried; empty: no experiment is worth anything
  // False: the masks could not be found out, so that the tick teaches nothing and nothing is counted.
  bool known = true;

  confidence::Standing Of(std::uint32_t instance) const;
};

class Predictor {
 public:
  static base::Result<std::unique_ptr<Predictor>> Create(Settings settings);
  ~Predictor();
  // Scores the snapshot with what was known before it, then learns from it. Snapshots in the order of their times; the
  // same Names throughout. What it gives holds until the next tick; all of it may be moved out.
  Output& Tick(const telemetry::Snapshot& snapshot, const Circumstances& circumstances = {});
  std::vector<std::string> Faults() const;  // of the signatures, and Unknown
  Thresholds ThresholdsOf(std::string_view fault) const;
  // What came of the predictions of each signature's fault. Unknown has no manifestation, and so no outcomes.
  const confidence::Scorekeeper& scorekeeper() const;
  // New thresholds and signatures, with the state of the detectors kept.
  base::Result<void> Reconfigure(Settings settings);

  // All that has been learned, by slots: whoever keeps it keeps the names before it, and nothing after it.
  void Save(detectors::Archive& archive) const;
  // Before the first tick, with Names that give each name the slot that it had when saved (or, where the archive drops
  // instances, the one it moves up to). kInvalid: of another version or layout; nothing is then known, as if new.
  base::Result<void> Restore(detectors::Archive& archive);

 private:
  class Ensemble;
  explicit Predictor(std::unique_ptr<Ensemble> ensemble);
  std::unique_ptr<Ensemble> ensemble_;
};

}  // namespace forewarn::predictor
