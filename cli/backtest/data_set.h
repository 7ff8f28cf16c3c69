// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/base/result.h"

namespace forewarn::backtest {

struct SeriesFile {
  std::string name, path;
  std::optional<double> scored_from;  // s since the epoch; nullopt: probation, see Recording
};

// How a fault came, where the label's detail begins so.
enum class Manner : std::uint8_t { kUnknown, kGradual, kAbrupt };

// A fault that is known to have been there. Times in s since the epoch.
struct Label {
  double start = 0, end = 0;
  std::optional<double> breach;
  std::string fault_type;            // snake_case; empty: not known
  std::optional<double> onset = {};  // nullopt: the start
  Manner manner = Manner::kUnknown;
};
using Labels = std::map<std::string, std::vector<Label>, std::less<>>;  // by series, by start

// DIR/series.csv (series,file,scored_from): those whose name starts with one of `only`, all where it is empty.
// Errors: kNotFound, kInvalid, as `file:line: column: what`.
base::Result<std::vector<SeriesFile>> LoadSeries(const std::string& directory, const std::vector<std::string>& only);

// A file series,start,end,onset,breach,fault_type,detail; the last four may be missing, as columns and as cells.
base::Result<Labels> LoadLabels(const std::string& path);

// Of one series, as numbers.
struct Recording {
  std::string path;
  std::vector<std::string> stamps;          // as in the file
  std::vector<double> times;                // s since the epoch
  std::vector<std::string> columns;         // beside the first, `timestamp`
  std::vector<std::vector<double>> values;  // [column][row]; an empty cell, NaN and infinity are kMissing
  double step() const;                      // s, the median interval; 1 where there is none
  double ScoredFrom(
      const SeriesFile&) const;  // its time, or that of the first row after 15 % of all, at most 750 (NAB)
};
base::Result<Recording> LoadRecording(const std::string& path);

}  // namespace forewarn::backtest
