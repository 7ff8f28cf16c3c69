// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "predictor/telemetry/snapshot.h"

namespace forewarn::bench {

// Moments of history: `first` is that of `start`, s since the epoch.
struct Span {
  std::size_t first = 0, count = 0;
  double start = 0, step = 0;  // s
};

// Machines that do not exist: 32 signals each, the product's own among them, with the labels that telemetry of VMs
// has. A quarter of the values are large integers, one has two decimals, one all 17 digits, and one is small integers.
class Fleet {
 public:
  static constexpr std::size_t kSignals = 32;
  explicit Fleet(std::size_t series);

  std::size_t instances() const { return instances_; }
  std::size_t series() const { return instances_ * kSignals; }
  const std::vector<std::string>& signals() const { return signals_; }
  std::string Domain(std::size_t instance) const;

  // Noise about a level of its own; `moment` counts ticks.
  double Value(std::size_t signal, std::size_t instance, std::size_t moment) const;
  // Prometheus' answer to an instant query of a signal.
  std::string Answer(std::size_t signal, std::size_t moment) const;
  // Prometheus' answer to a range query of a signal.
  std::string History(std::size_t signal, const Span& span) const;
  // What an exporter of all machines would say.
  std::string Exposition(std::size_t moment) const;

 private:
  std::string Labels(std::size_t instance) const;

  std::size_t instances_;
  std::vector<std::string> signals_;
};

// The names of a fleet, and snapshots of it without any source.
class FleetSnapshots {
 public:
  explicit FleetSnapshots(const Fleet& fleet);
  const telemetry::Snapshot& At(double time, std::size_t moment);

 private:
  const Fleet& fleet_;
  telemetry::Names instances_, signals_;
  telemetry::Snapshot snapshot_;
};

}  // namespace forewarn::bench
