// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "cli/backtest/backtest.h"
#include "cli/backtest/data_set.h"
#include "cli/backtest/rules.h"
#include "cli/backtest/track.h"
#include "exporter/settings/settings.h"

// The inside of Run: what both kinds of history share.
namespace forewarn::backtest {

// Prepared, with everything that was given checked before anything runs.
struct Job {
  predictor::Settings predictor;
  Labels labels;
  std::vector<std::string> faults;  // snake_case
  std::vector<Rule> rules;

  std::unique_ptr<predictor::Predictor> NewPredictor() const;  // the settings have been checked
  Ground GroundOf(const std::string& series, double step, double scored_from) const;
};
base::Result<Job> Prepare(const Options& options, predictor::Settings settings);

// The output file, beginning with its header.
class OutputFile {
 public:
  explicit OutputFile(const std::string& path);
  void Write(const std::string& rows) { file_ << rows; }
  base::Result<void> Close();  // kUnavailable where anything could not be written

 private:
  const std::string path_;
  std::ofstream file_;
};

base::Result<Totals> RunCsv(const Options& options, const Job& job);
base::Result<Totals> RunPrometheus(const Options& options, const settings::Settings& settings, const Job& job);

}  // namespace forewarn::backtest
