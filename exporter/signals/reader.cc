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
  places_.assign(settings_.signals.size() + 1, {});
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
  for (std::size_t index = 0; index < settings_.signals.size(); ++index) {
    ask(settings_.signals[index].expr, [&, index](const Answer& answer) { ReadSignal(index, answer, reading); });
  }
  ask(settings_.instances, [&](const Answer& answer) { ReadHypervisors(answer, reading); });
  std::vector<Reading::SourceError> errors;  // of what tells nothing of who is there
  for (const Question& question : kQuestions) {
    ask(settings_.circumstances.*question.expr, [&](const Answer& answer) {
      ReadMask(question, answer, reading);
      if (!answer) errors.push_back({question.name, answer.error()});
    });
  }
  ask(settings_.circumstances.successes, [&](const Answer& answer) {
    if (answer) return ReadSuccesses(*answer, reading);
    errors.push_back({"successes", answer.error()});
  });
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
    const auto label = [&](std::string_view name) { return answer->Label(row, name); };
    Mark(question, {label(settings_.labels.domain), label(kFaultLabel), answer->values[row]}, reading);
  }
}

template <class Use>
void Reader::ForEachInstance(const promql::Vector& answer, Places& places, Reading& reading, Use use) {
  places.Begin(settings_.labels.domain);
  claims_.assign(instances().size(), 0);
  std::size_t first = 0, further = 0;  // rows, of those that several rows claim
  for (std::size_t row = 0; row < answer.size(); ++row) {
    const std::uint32_t slot = places.Next(answer, row, reading.snapshot.time, roster_);
    if (slot == Places::kNobody) {
      ++reading.dropped.no_domain;
      continue;
    }
    if (slot >= claims_.size()) claims_.resize(instances().size(), 0);
    const std::uint32_t claims = ++claims_[slot];
    first += claims == 2 ? 1 : 0;
    further += claims > 1 ? 1 : 0;
    use(row, slot, claims == 1);
  }
  reading.dropped.ambiguous += first + further;
}

void Reader::ReadSignal(std::size_t index, const Answer& answer, Reading& reading) {
  const Definition& signal = settings_.signals[index];
  if (!answer) {
    reading.errors.push_back({signal.name, answer.error()});
    return;
  }
  ++reading.answered;
  reading.series += answer->size();
  reading.warnings.insert(reading.warnings.end(), answer->warnings.begin(), answer->warnings.end());
  std::vector<double>& column = reading.snapshot.columns[static_cast<std::size_t>(signals().Find(signal.name))];
  ForEachInstance(*answer, places_[index], reading, [&](std::size_t row, std::uint32_t slot, bool only) {
    if (slot >= column.size()) column.resize(instances().size(), kMissing);
    const double value = answer->values[row];
    const bool finite = std::isfinite(value);
    reading.dropped.not_finite += finite ? 0 : 1;
    column[slot] = only && finite ? value : kMissing;
  });
}

void Reader::ReadHypervisors(const Answer& answer, Reading& reading) {
  if (!answer) {
    reading.errors.push_back({"instances", answer.error()});
    return;
  }
  ForEachInstance(*answer, places_.back(), reading, [&](std::size_t row, std::uint32_t slot, bool only) {
    if (slot >= reading.hypervisors.size()) reading.hypervisors.resize(instances().size());
    reading.hypervisors[slot] = only ? answer->Label(row, settings_.labels.hypervisor) : "";
  });
}

}  // namespace forewarn::signals
