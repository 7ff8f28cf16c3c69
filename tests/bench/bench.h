// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

// What Forewarn costs, each figure beside what it is to be judged by, measured in the same run.
namespace forewarn::bench {

struct Figure {
  std::string name;    // snake_case, stable: the key in the JSON file
  double value = 0;    // in `unit`
  std::string unit;    // "x" for a ratio
  double hard = 0;     // the goal; 0: there is none, the figure explains another one
  double stretch = 0;  // where to aim
  std::string detail;  // what was measured, for people
  bool more_is_better = false;
};

// It cannot be measured on this machine: what it needs is not installed.
class Skipped : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

// How much is measured.
struct Scale {
  std::vector<std::size_t> series;  // of a tick, ascending
  std::size_t warm_ticks = 240;     // before the first measured one
  std::size_t ticks = 9;            // measured of each kind, in turn; the median counts
  std::size_t render_series = 0;
  std::size_t train_series = 0, train_ticks = 240;  // an hour at 15 s
  std::size_t hold_series = 0, hold_ticks = 20;     // against a real Prometheus, a second each
  std::string exporter;                             // the binary for that
};
Scale Whole();
Scale Quick();  // a smoke run: figures without meaning, in seconds

struct Benchmark {
  const char* name;
  std::vector<Figure> (*run)(const Scale& scale);  // throws Skipped, or std::runtime_error where it failed
};
const std::vector<Benchmark>& Benchmarks();

std::vector<Figure> MeasureRead(const Scale& scale);
std::vector<Figure> MeasureTicks(const Scale& scale);
std::vector<Figure> MeasureRender(const Scale& scale);
std::vector<Figure> MeasureTraining(const Scale& scale);
std::vector<Figure> MeasureHold(const Scale& scale);
std::vector<Figure> MeasureWebhook(const Scale& scale);

// "10k", "1M"
std::string Short(std::size_t count);

}  // namespace forewarn::bench
