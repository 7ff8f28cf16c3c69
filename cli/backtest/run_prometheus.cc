// SPDX-License-Identifier: Apache-2.0
#include <charconv>
#include <cstdio>
#include <map>

#include "cli/backtest/job.h"
#include "cli/backtest/output.h"
#include "cli/backtest/progress.h"
#include "cli/backtest/time_text.h"
#include "exporter/signals/reader.h"
#include "exporter/training/training.h"

namespace forewarn::backtest {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using signals::Reading;

std::string Decimal(double number) {
  char text[64];
  return {text, std::to_chars(text, text + sizeof text, number, std::chars_format::fixed).ptr};
}

// Whether an instance has any value in a snapshot.
std::vector<bool> Present(const telemetry::Snapshot& snapshot) {
  std::vector<bool> present(snapshot.instances->size(), false);
  for (const auto& column : snapshot.columns) {
    for (std::size_t i = 0; i < column.size(); ++i) present[i] = present[i] || !telemetry::IsMissing(column[i]);
  }
  return present;
}

// One predictor for all instances, as in the daemon.
class History {
 public:
  History(const Job& job, double step, OutputFile& output)
      : job_(job), step_(step), output_(output), predictor_(job.NewPredictor()), verdicts_(*predictor_) {}

  void Tick(const Reading& reading) {
    for (const auto& [signal, error] : reading.errors) failed_.emplace(signal, error.message);
    no_domain_ += reading.dropped.no_domain;
    ambiguous_ += reading.dropped.ambiguous;
    not_finite_ += reading.dropped.not_finite;
    const auto& snapshot = reading.snapshot;
    const auto circumstances = training::CircumstancesOf(reading);
    verdicts_.Read(predictor_->Tick(snapshot, circumstances), snapshot.instances->size());
    Write(snapshot, circumstances);
  }

  Totals Result() const {
    Totals totals;
    totals.counts.resize(job_.rules.size());
    for (const auto& track : tracks_) totals.Add(track.Result());
    return totals;
  }

  // What was not as it should be, for a person.
  void Warn() const {
    for (const auto& [signal, error] : failed_) {
      std::fprintf(stderr, "%s: missing in part or all of the time: %s\n", signal.c_str(), error.c_str());
    }
    if (no_domain_ + ambiguous_ + not_finite_ == 0) return;
    std::fprintf(stderr, "values dropped: %zu without a domain, %zu ambiguous, %zu not finite\n", no_domain_,
                 ambiguous_, not_finite_);
  }

 private:
  void Write(const telemetry::Snapshot& snapshot, const predictor::Circumstances& circumstances) {
    const std::string timestamp = Decimal(snapshot.time);
    const auto present = Present(snapshot);
    rows_.clear();
    for (std::uint32_t instance = 0; instance < present.size(); ++instance) {
      const std::string& name = snapshot.instances->NameOf(instance);
      if (instance >= tracks_.size()) {
        tracks_.emplace_back(job_.rules, job_.faults, job_.GroundOf(name, step_, snapshot.time));
      }
      if (!present[instance]) continue;
      AppendRow(timestamp, name, verdicts_, instance, rows_);
      tracks_[instance].Add(snapshot.time, verdicts_, instance, circumstances.Of(instance));
    }
    output_.Write(rows_);
  }

  const Job& job_;
  const double step_;  // s
  OutputFile& output_;
  std::unique_ptr<predictor::Predictor> predictor_;
  Verdicts verdicts_;
  std::vector<Track> tracks_;  // by instance slot
  std::string rows_;
  std::map<std::string, std::string> failed_;  // by signal: its first error
  std::size_t no_domain_ = 0, ambiguous_ = 0, not_finite_ = 0;
};

Result<signals::Range> RangeOf(const Options& options, const settings::Settings& settings) {
  const double now = base::ToSeconds(base::SystemClock().Now());
  const auto start = ParseMoment(options.start, now), end = options.end.empty() ? now : ParseMoment(options.end, now);
  if (!start || !end) {
    return Error{ErrorCode::kInvalid, std::string(start ? "--end" : "--start") + ": neither a time nor a duration"};
  }
  if (*end < *start) return Error{ErrorCode::kInvalid, "--end: before --start"};
  return signals::Range{.start = *start, .end = *end, .step = base::ToSeconds(settings.tick)};
}

}  // namespace

std::optional<double> ParseMoment(const std::string& text, double now) {
  if (const auto time = ParseTime(text)) return time;
  const auto ago = config::ParseDuration(text);
  return ago ? std::optional(now - base::ToSeconds(*ago)) : std::nullopt;
}

Result<Totals> RunPrometheus(const Options& options, const settings::Settings& settings, const Job& job) {
  const auto range = RangeOf(options, settings);
  if (!range) return range.error();
  auto client = promql::Client::Create(settings.source);
  if (!client) return client.error();
  signals::Reader reader(std::move(*client), settings.signals);
  OutputFile output(options.output);
  History history(job, range->step, output);
  Result<void> read;
  {
    Progress progress((range->end - range->start) / range->step);
    read = reader.ReadRange(*range, [&](const Reading& reading) {
      history.Tick(reading);
      progress.Advance(1);
    });
  }
  history.Warn();
  if (!read) return read.error();
  const auto closed = output.Close();
  return closed ? Result<Totals>(history.Result()) : closed.error();
}

}  // namespace forewarn::backtest
