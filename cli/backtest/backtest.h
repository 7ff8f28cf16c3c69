// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "common/base/result.h"

namespace forewarn::backtest {

struct Options {
  std::string csv;                // a directory with series.csv
  std::string signals;            // a file that maps columns; empty: columns are signals
  std::vector<std::string> only;  // prefixes of series; empty: all
  std::string config_file;        // the exporter's; empty: its defaults
  std::string output;             // a file
};

// Runs the predictor over recordings. Errors: kInvalid, kNotFound where a file is wrong, each mistake as
// `file:line: key: what`.
base::Result<void> RunCsv(const Options& options);

}  // namespace forewarn::backtest
