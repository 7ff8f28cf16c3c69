// SPDX-License-Identifier: Apache-2.0
#include "exporter/signals/masks.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <utility>

#include "predictor/telemetry/snapshot.h"

namespace forewarn::signals {

void Mark(const Question& question, const Marked& row, Reading& reading) {
  if (row.domain.empty()) ++reading.dropped.no_domain;
  const std::int64_t found = row.domain.empty() || !(row.value > 0) ? -1 : reading.snapshot.instances->Find(row.domain);
  if (found < 0) return;
  const auto slot = static_cast<std::uint32_t>(found);
  auto& mask = reading.masks.*question.mask;
  mask.resize(std::max<std::size_t>(mask.size(), slot + 1));
  mask[slot] = true;
  if (!row.fault.empty()) reading.injections.push_back({slot, std::string(row.fault)});
}

void ReadSuccesses(const promql::Vector& answer, Reading& reading) {
  struct Moments {
    double mean = telemetry::kMissing, deviation = telemetry::kMissing;
  };
  std::map<std::pair<std::string, std::string>, Moments> known;  // by fault and actuator
  for (std::size_t row = 0; row < answer.size(); ++row) {
    Moments& of = known[{std::string(answer.Label(row, kFaultLabel)), std::string(answer.Label(row, "actuator"))}];
    (answer.Label(row, "moment") == "deviation" ? of.deviation : of.mean) = answer.values[row];
  }
  for (const auto& [of, moments] : known) {
    const bool right = moments.mean >= 0 && moments.mean <= 1 && moments.deviation >= 0;
    if (right) reading.successes.push_back({of.first, of.second, moments.mean, moments.deviation});
  }
}

}  // namespace forewarn::signals
