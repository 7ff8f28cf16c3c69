// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "cli/backtest/backtest.h"
#include "cli/backtest/output.h"
#include "cli/backtest/progress.h"
#include "cli/backtest/replay.h"
#include "common/base/in_order.h"
#include "exporter/settings/settings.h"

namespace forewarn::backtest {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

struct Run {
  predictor::Settings predictor;
  Mapping mapping;
  std::vector<SeriesFile> series;
};

Result<Run> Prepare(const Options& options) {
  Run run;
  if (!options.config_file.empty()) {
    auto settings = settings::Load(options.config_file);
    if (!settings) return settings.error();
    run.predictor = std::move(settings->predictor);
  }
  if (!options.signals.empty()) {
    auto mapping = Mapping::Load(options.signals);
    if (!mapping) return mapping.error();
    run.mapping = std::move(*mapping);
  }
  auto series = LoadSeries(options.csv, options.only);
  if (!series) return series.error();
  run.series = std::move(*series);
  return run;
}

// The rows of one series as text.
Result<std::string> RunSeries(const Run& run, const SeriesFile& series) {
  const auto recording = LoadRecording(series.path);
  if (!recording) return recording.error();
  const auto signals = run.mapping.Of(series.name, recording->columns);
  if (!signals) return signals.error();
  auto created = predictor::Predictor::Create(run.predictor);
  if (!created) return created.error();
  std::string rows;
  Replay replay(**created, series.name, *signals);
  replay.Run(*recording, [&](std::size_t row, const Verdicts& verdicts) {
    AppendRow(recording->stamps[row], series.name, verdicts, 0, rows);
  });
  return rows;
}

double SizeOf(const std::string& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  return error ? 0 : static_cast<double>(size);
}

}  // namespace

Result<void> RunCsv(const Options& options) {
  const auto run = Prepare(options);
  if (!run) return run.error();
  double total = 0;
  for (const auto& series : run->series) total += SizeOf(series.path);
  std::ofstream output(options.output, std::ios::binary);
  output << kOutputHeader;
  Result<void> result;
  std::atomic<bool> failed = false;
  Progress progress(total);
  const auto work = [&](std::size_t index) -> Result<std::string> {
    if (failed) return std::string();
    auto rows = RunSeries(*run, run->series[index]);
    progress.Advance(SizeOf(run->series[index].path));
    if (!rows) failed = true;
    return rows;
  };
  base::TwoAtATime<Result<std::string>>(run->series.size(), work, [&](std::size_t, Result<std::string>&& rows) {
    if (rows) {
      output << *rows;
    } else if (result) {
      result = rows.error();
    }
  });
  if (result && !output.flush()) result = Error{ErrorCode::kUnavailable, options.output + ": cannot be written"};
  return result;
}

}  // namespace forewarn::backtest
