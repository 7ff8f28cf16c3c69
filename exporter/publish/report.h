// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "common/metrics/bulk.h"
#include "predictor/predictor.h"
#include "predictor/telemetry/snapshot.h"

namespace forewarn::publish {

// What one tick has to say. Whoever publishes it takes what is told out of the output.
struct Tick {
  const telemetry::Snapshot& snapshot;
  predictor::Output& output;
  const std::vector<std::string>& hypervisors;  // by instance slot; empty or absent: unknown
};

// The instances of a tick, by slot. Slots never pass to somebody else: it serves as long as none is added.
struct Domains {
  const telemetry::Names* of = nullptr;
  std::vector<std::string> names;
  metrics::LabelValues labels;
};

// The same, kept as numbers for whoever asks, on any thread: text is made of it when it is asked for.
struct Report {
  double time = 0;  // s since the epoch: the samples' time
  std::shared_ptr<const Domains> domains;
  std::vector<std::string> signals;                            // names by slot
  std::vector<std::vector<detectors::Anomaly>> states;         // [signal slot][instance slot]
  std::vector<std::vector<detectors::Expectation>> forecasts;  // the same
  std::vector<std::vector<float>> values;                      // the same; NaN: missing
  std::vector<std::string> hypervisors;                        // by instance slot; empty or absent: unknown
  std::vector<predictor::Prediction> predictions;              // as the predictor gave them
  std::vector<predictor::HypervisorPrediction> joint;
  std::vector<predictor::ExperimentValue> experiments;
  std::size_t judged = 0, warming = 0;  // instances with a value, by whether enough is known to judge them

  const std::string& DomainOf(std::uint32_t instance) const { return domains->names[instance]; }
};

// `last`: the report before it, or nullptr.
std::shared_ptr<const Report> ReportOf(const Tick& tick, const Report* last);

}  // namespace forewarn::publish
