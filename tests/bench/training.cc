// SPDX-License-Identifier: Apache-2.0
#include "exporter/training/training.h"

#include <stdexcept>

#include "tests/bench/bench.h"
#include "tests/bench/meter.h"
#include "tests/bench/source_reader.h"

namespace forewarn::bench {
namespace {

constexpr double kStep = 15, kEnd = 1700000010;  // s; on the grid of steps

// The parts of the daemon that learn from the past, in its order.
training::Learned Train(signals::Reader& reader, predictor::Predictor& predictor, std::size_t ticks) {
  const auto tick = std::chrono::seconds(static_cast<int>(kStep));
  training::Training training({.history = (ticks - 1) * tick, .step = {}}, tick, 0);
  while (const auto piece = training.Next(kEnd)) {
    if (auto learned = training.Learn(*piece, reader, predictor); !learned)
      throw std::runtime_error(learned.error().message);
  }
  if (!training.errors().empty()) throw std::runtime_error(training.errors().front().error.message);
  return training.learned();
}

}  // namespace

// An hour of history, asked for by query_range and lived through tick by tick, as at the daemon's start.
std::vector<Figure> MeasureTraining(const Scale& scale) {
  const Fleet fleet(scale.train_series);
  const CannedSource source(fleet, 0);
  const auto reader = ReaderOf(fleet, source);
  auto predictor = predictor::Predictor::Create({});
  if (!predictor) throw std::runtime_error(predictor.error().message);
  const std::size_t before = ResidentBytes();
  ResetPeak();
  training::Learned learned;
  const double begin = WallSeconds();
  const double cpu = CpuSecondsOf([&] { learned = Train(*reader, **predictor, scale.train_ticks); });
  const double wall = WallSeconds() - begin;
  if (learned.ticks != scale.train_ticks || learned.values != fleet.series() * scale.train_ticks)
    throw std::runtime_error("training saw " + std::to_string(learned.ticks) + " ticks, " +
                             std::to_string(learned.values) + " values");
  const std::string what =
      std::to_string(fleet.series()) + " series x " + std::to_string(scale.train_ticks) + " ticks of 15 s";
  return {{"training_time", wall, "s", 0, 0, "wall time of training on " + what + ", the source's own time included"},
          {"training_cpu", cpu, "s", 0, 0, "CPU of it: fetch, parse and learn"},
          {"training_cost", 1e6 * cpu / static_cast<double>(learned.values), "us/point", 5, 1, "CPU of it per point"},
          {"training_peak", static_cast<double>(PeakBytes() - before) / 1e6, "MB", 0, 0, "memory it took at its peak"}};
}

}  // namespace forewarn::bench
