// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "predictor/telemetry/snapshot.h"

// Columns of files as the product's signals.
namespace forewarn::backtest {

// How a signal comes from a column: value · factor + offset. Of a counter the increase per second is taken first: less
// than before means that it began anew at 0.
struct Conversion {
  double factor = 1, offset = 0;
  bool rate = false;
};

// A signal of one series and the column that it comes from.
struct Derived {
  std::string signal;
  std::size_t column = 0;
  Conversion conversion;
};

// A file:
//   mappings:
//     - series: 'nezha/*'                # a glob: * ? [a-z]
//       columns:
//         - {column: 'CpuUsageRate_pct', signal: cpu_usage, factor: 0.01}
//         - {column: '*_total', rate: true}     # without a signal: under the column's own name
//         - {column: 'Node*', drop: true}       # no signal
// Every line that fits is followed, so one column may give several signals. A column that no line names is a signal
// under its own name.
class Mapping {
 public:
  Mapping() = default;  // every column under its own name
  // kNotFound, or kInvalid with `file:line: key: what` for each mistake.
  static base::Result<Mapping> Load(const std::string& path);
  static base::Result<Mapping> Parse(const std::string& name, const std::string& text);

  // Of a series, in the order of its columns. kInvalid where two columns would give one signal.
  base::Result<std::vector<Derived>> Of(const std::string& series, const std::vector<std::string>& columns) const;

 private:
  struct Line {
    std::string series, column, signal;
    Conversion conversion;
    bool drop = false;
    std::string where;  // file:line: key
  };
  std::vector<Line> lines_;
};

// The values of one signal, in the order of their times.
class Converter {
 public:
  explicit Converter(const Conversion& conversion) : conversion_(conversion) {}
  double Next(double time, double value);  // kMissing: no value, or a counter's first

 private:
  double Rate(double time, double value);
  Conversion conversion_;
  double last_time_ = telemetry::kMissing, last_value_ = telemetry::kMissing;
};

}  // namespace forewarn::backtest
