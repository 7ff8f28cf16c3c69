// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "common/metrics/metrics.h"
#include "predictor/predictor.h"
#include "predictor/telemetry/snapshot.h"

namespace forewarn::publish {

// What one tick has to say.
struct Tick {
  const telemetry::Snapshot& snapshot;
  const predictor::Output& output;
  const std::vector<std::string>& hypervisors;  // by instance slot; empty or absent: unknown
};

// Series of a tick as text. Keeps the prefix `name{labels} ` of each series it has seen. One thread at a time.
class Renderer {
 public:
  // Whole families with their headers. A value that is missing or no number makes no series.
  std::string Render(const Tick& tick);

 private:
  struct FaultSeries {
    std::string confidence, severity, expected, horizon;
  };
  struct SignalSeries {
    std::string score, lower, expected, upper;
  };
  struct InstanceSeries {
    std::string hypervisor, info;
  };
  const FaultSeries& FaultSeriesOf(const Tick& tick, const predictor::Prediction& prediction);
  const SignalSeries& SignalSeriesOf(const Tick& tick, const predictor::SignalState& state);
  void RenderPredictions(const Tick& tick, std::string& out);
  static void RenderHypervisors(const Tick& tick, std::string& out);
  void RenderSignals(const Tick& tick, std::string& out);
  void RenderInstances(const Tick& tick, std::string& out);
  void RenderKnown(const Tick& tick, std::string& out) const;

  std::unordered_map<std::string, std::vector<FaultSeries>> faults_;  // by fault, then by instance slot
  std::unordered_map<std::uint64_t, SignalSeries> signals_;           // by instance and signal slot
  std::vector<InstanceSeries> instances_;                             // by slot
};

// forewarn_threshold_ratio{fault,stage}
std::string RenderThresholds(const std::map<std::string, predictor::Thresholds>& thresholds);

}  // namespace forewarn::publish
