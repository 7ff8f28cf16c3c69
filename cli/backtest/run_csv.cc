// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <filesystem>
#include <system_error>

#include "cli/backtest/job.h"
#include "cli/backtest/mapping.h"
#include "cli/backtest/output.h"
#include "cli/backtest/progress.h"
#include "cli/backtest/replay.h"
#include "common/base/in_order.h"

namespace forewarn::backtest {
namespace {

using base::Result;

struct Ran {  // of one series
  std::string rows;
  Totals totals;
};

Result<Ran> RunSeries(const Job& job, const Mapping& mapping, const SeriesFile& series) {
  const auto recording = LoadRecording(series.path);
  if (!recording) return recording.error();
  const auto signals = mapping.Of(series.name, recording->columns);
  if (!signals) return signals.error();
  const auto predictor = job.NewPredictor();
  Track track(job.rules, job.faults, job.GroundOf(series.name, recording->step(), recording->ScoredFrom(series)));
  Ran ran;
  Replay(*predictor, series.name, *signals).Run(*recording, [&](std::size_t row, const Verdicts& verdicts) {
    AppendRow(recording->stamps[row], series.name, verdicts, 0, ran.rows);
    track.Add(recording->times[row], verdicts, 0);
  });
  ran.totals = track.Result();
  return ran;
}

double SizeOf(const SeriesFile& series) {
  std::error_code error;
  const auto size = std::filesystem::file_size(series.path, error);
  return error ? 0 : static_cast<double>(size);
}

// Each series is an instance with a predictor of its own, so two run at once.
Result<Totals> RunAll(const Job& job, const Mapping& mapping, const std::vector<SeriesFile>& series,
                      OutputFile& output) {
  double size = 0;
  for (const auto& one : series) size += SizeOf(one);
  Progress progress(size);
  std::atomic<bool> failed = false;
  const auto work = [&](std::size_t index) -> Result<Ran> {
    if (failed) return Ran{};
    auto ran = RunSeries(job, mapping, series[index]);
    if (!ran) failed = true;
    progress.Advance(SizeOf(series[index]));
    return ran;
  };
  Totals totals;
  Result<void> error;
  base::TwoAtATime<Result<Ran>>(series.size(), work, [&](std::size_t, Result<Ran>&& ran) {
    if (ran) {
      output.Write(ran->rows);
      totals.Add(ran->totals);
    } else if (error) {
      error = ran.error();
    }
  });
  return error ? Result<Totals>(std::move(totals)) : error.error();
}

}  // namespace

Result<Totals> RunCsv(const Options& options, const Job& job) {
  const auto mapping = options.signals.empty() ? Mapping() : Mapping::Load(options.signals);
  if (!mapping) return mapping.error();
  const auto series = LoadSeries(options.csv, options.only);
  if (!series) return series.error();
  OutputFile output(options.output);
  auto totals = RunAll(job, *mapping, *series, output);
  if (!totals) return totals;
  const auto closed = output.Close();
  return closed ? totals : Result<Totals>(closed.error());
}

}  // namespace forewarn::backtest
