// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/promql/client.h"
#include "exporter/signals/signals.h"
#include "tests/campaigns/vm/plan.h"

namespace forewarn::campaign {

// What Prometheus has of one guest, one row a second. Rows are named by whole seconds; they all lie the same fraction
// of one after it.
struct Recording {
  std::vector<std::string> signals;
  double start = 0;                          // s since the epoch, of the first row
  std::vector<std::vector<double>> columns;  // [signal][row]; NaN: no sample
  std::size_t rows() const { return columns.empty() ? 0 : columns.front().size(); }
  const std::vector<double>& Of(const std::string& signal) const;
};

// The product's signals, of its presets node_exporter, libvirt_exporter and mtail at one-second ticks, then those which
// they lack, and what the service's users feel: request_latency (s) and request_failures (0 or 1).
std::vector<signals::Definition> RecordedSignals();

base::Result<Recording> Record(promql::Client& source, const std::string& domain, double start, double end);

// When what the fault leads to was there: the row's time. By rules that hold for all runs (README.md).
std::optional<double> FindBreach(const Recording& recording, const Plan& plan, double onset);

// Why a run cannot be used: its service was broken without cause, or telemetry is missing.
std::optional<std::string> FindFlaw(const Recording& recording, const Plan& plan, double onset);

std::string ToCsv(const Recording& recording);

}  // namespace forewarn::campaign
