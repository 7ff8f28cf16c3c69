// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "exporter/publish/renderer.h"

namespace forewarn::publish {

// A tick of two instances: vm1 on host1 with one prediction, vm2 with a name that needs escapes, and one without a
// time.
struct SampleTick {
  telemetry::Names instances, signals;
  telemetry::Snapshot snapshot;
  predictor::Output output;
  std::vector<std::string> hypervisors = {"host1", ""};

  SampleTick() {
    instances.SlotOf("vm1");
    instances.SlotOf("v\"m\n2");
    signals.SlotOf("disk_latency");
    snapshot.time = 1700000000;
    snapshot.instances = &instances;
    snapshot.signals = &signals;
    snapshot.columns = {{0.2}};
    output.predictions = {
        {0, "DiskContention", 0.75, 0.5, 1700000060, 300, {{0, 0.2, 0.01, 3.5, "forecast"}}},
        {1, "Unknown", 0.9, 0.25, telemetry::kMissing, 600, {}},
    };
    output.signals.push_back({{3.5f, 0.01f, 0.005f}});  // a detector's that finds it stranger than its own past does
    output.signals.forecasts.push_back({{0.02f, 0.01f}});
  }
  // The first prediction is part of its hypervisor's.
  void ShareByHost() {
    output.predictions[0].shared = true;
    output.hypervisors = {{"host1", "DiskContention", 0.75, 0.5, 1700000060, 300, {0}}};
  }
  Tick Of() { return {snapshot, output, hypervisors}; }
};

}  // namespace forewarn::publish
