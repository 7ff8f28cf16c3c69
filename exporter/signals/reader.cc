// SPDX-License-Identifier: Apache-2.0
#include "exporter/signals/reader.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "exporter/signals/fetch.h"
#include "exporter/signals/masks.h"

namespace forewarn::signals {

using telemetry::kMissing;

bool Reader::SawAll(const std::vector<Reading::SourceError>& errors) {
  return std::all_of(errors.begin(), errors.end(),
                     [](const Reading::SourceError& of) { return of.error.code == base::ErrorCode::kInvalid; });
}

Reader::Reader(std::unique_ptr<promql::Client> client, Settings settings) {
  Reconfigure(std::move(client), std::move(settings));
}

void Reader::Reconfigure(std::unique_ptr<promql::Client> client, Settings settings) {
  client_ = std::move(client);
  settings_ = std::move(settings);
  roster_.Define(settings_.signals);
}

Reading Reader::Read(double time, base::Deadline deadline) {
  Reading reading;
  reading.snapshot.time = time;
  reading.snapshot.instances = &instances();
  reading.snapshot.signals = &signals();
  reading.snapshot.columns.resize(signals().size());

  std::vector<std::string> exprs;
  std::vector<std::function<void(const Answer&)>> uses;
  const auto ask = [&](const std::string& expr, std::function<void(const Answer&)> use) {
    if (expr.empty()) return;
    exprs.push_back(expr);
    uses.push_back(std::move(use));
  };
  for (const auto& signal : settings_.signals) {
    ask(signal.expr, [&](const Answer& answer) { ReadSignal(signal, answer, reading); });
  }
  ask(settings_.instances, [&](const Answer& answer) { ReadHypervisors(answer, reading); });
  std::vector<Reading::SourceError> errors;  // of what tells nothing of who is there
  for (const Question& question : kQuestions) {
    ask(settings_.circumstances.*question.expr, [&](const Answer& answer) {
      ReadMask(question, answer, reading);
      if (!answer) errors.push_back({question.name, answer.error()});
    });
  }
  Fetch(*client_, exprs, {time, deadline}, [&](std::size_t index, const Answer& answer) { uses[index](answer); });
  if (SawAll(reading.errors)) roster_.Count();
  reading.errors.insert(reading.errors.end(), errors.begin(), errors.end());
  return reading;
}

void Reader::ReadMask(const Question& question, const Answer& answer, Reading& reading) const {
  if (!answer) {
    reading.masks.known = false;
    return;
  }
  for (std::size_t row = 0; row < answer->size(); ++row) {
    Mark(question, answer->Label(row, settings_.labels.domain), answer->values[row], reading);
  }
}

// Where a row belongs; false where it names no instance.
bool Reader::SlotOf(const promql::Vector& vector, std::size_t row, Reading& reading, std::uint32_t& slot) {
  const std::string_view domain = vector.Label(row, settings_.labels.domain);
  if (domain.empty()) {
    ++reading.dropped.no_domain;
    return false;
  }
  slot = roster_.See(domain, reading.snapshot.time);
  return true;
}

void Reader::ReadSignal(const Definition& signal, const Answer& answer, Reading& reading) {
  if (!answer) {
    reading.errors.push_back({signal.name, answer.error()});
    return;
  }
  ++reading.answered;
  reading.series += answer->size();
  reading.warnings.insert(reading.warnings.end(), answer->warnings.begin(), answer->warnings.end());
  std::vector<double>& column = reading.snapshot.columns[static_cast<std::size_t>(signals().Find(signal.name))];
  std::vector<std::uint32_t> claims;  // rows per instance
  for (std::size_t row = 0; row < answer->size(); ++row) {
    std::uint32_t slot = 0;
    if (!SlotOf(*answer, row, reading, slot)) continue;
    if (slot >= column.size()) {
      column.resize(instances().size(), kMissing);
      claims.resize(instances().size(), 0);
    }
    const double value = answer->values[row];
    if (!std::isfinite(value)) ++reading.dropped.not_finite;
    column[slot] = ++claims[slot] == 1 && std::isfinite(value) ? value : kMissing;
  }
  for (const auto rows : claims) reading.dropped.ambiguous += rows > 1 ? rows : 0;
}

void Reader::ReadHypervisors(const Answer& answer, Reading& reading) {
  if (!answer) {
    reading.errors.push_back({"instances", answer.error()});
    return;
  }
  std::vector<std::uint32_t> claims;
  for (std::size_t row = 0; row < answer->size(); ++row) {
    std::uint32_t slot = 0;
    if (!SlotOf(*answer, row, reading, slot)) continue;
    if (slot >= claims.size()) {
      reading.hypervisors.resize(instances().size());
      claims.resize(instances().size(), 0);
    }
    const bool first = ++claims[slot] == 1;
    reading.hypervisors[slot] = first ? answer->Label(row, settings_.labels.hypervisor) : "";
  }
  for (const auto rows : claims) reading.dropped.ambiguous += rows > 1 ? rows : 0;
}

}  // namespace forewarn::signals
