// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "common/base/result.h"

// The predictor over history, tick by tick, as the daemon would have run it.
namespace forewarn::backtest {

// As on the command line; empty: not given.
struct Options {
  std::string csv;                   // a directory with series.csv; or
  std::string prometheus;            // a URL
  std::string signals;               // of csv: a file that maps columns; empty: columns are signals
  std::vector<std::string> only;     // of csv: prefixes of series; empty: all
  std::string start, end, step;      // of prometheus: times, or how long ago; end is now, the step is the config's tick
  std::string config_file;           // the exporter's; empty: its defaults
  std::string labels;                // a file; empty: labels.csv of csv, where there is one
  std::vector<std::string> what_if;  // threshold=0.7
  bool confusion = false;            // which fault was taken for which, after the table
  std::string output;                // a file
};

// Writes the output file, and gives the table. Errors: of what was given, each mistake as `file:line: key: what`
// (kInvalid, kNotFound); of the source (kUnavailable, kTimeout).
base::Result<std::string> Run(const Options& options);

// A time (see ParseTime), or a duration before `now`, s since the epoch.
std::optional<double> ParseMoment(const std::string& text, double now);

}  // namespace forewarn::backtest
