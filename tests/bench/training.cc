// SPDX-License-Identifier: Apache-2.0
#include <stdexcept>

#include "predictor/predictor.h"
#include "tests/bench/bench.h"
#include "tests/bench/fleet.h"
#include "tests/bench/meter.h"

namespace forewarn::bench {

// An hour of history through the predictor, tick by tick, as at the daemon's start.
std::vector<Figure> MeasureTraining(const Scale& scale) {
  const Fleet fleet(scale.train_series);
  FleetSnapshots snapshots(fleet);
  snapshots.At(0, 0);
  auto predictor = predictor::Predictor::Create({});
  if (!predictor) throw std::runtime_error(predictor.error().message);
  const std::size_t before = ResidentBytes();
  ResetPeak();
  double cpu = 0, wall = 0;
  for (std::size_t moment = 0; moment < scale.train_ticks; ++moment) {
    const auto& snapshot = snapshots.At(1.7e9 + 15 * static_cast<double>(moment), moment);
    const double begin = WallSeconds();
    cpu += CpuSecondsOf([&] { (*predictor)->Tick(snapshot); });
    wall += WallSeconds() - begin;
  }
  const double points = static_cast<double>(fleet.series() * scale.train_ticks);
  const std::string what =
      std::to_string(fleet.series()) + " series x " + std::to_string(scale.train_ticks) + " ticks of 15 s";
  return {{"training_time", wall, "s", 0, 0, "wall time of training from memory on " + what},
          {"training_cost", 1e6 * cpu / points, "us/point", 5, 1, "CPU of it per point"},
          {"training_peak", static_cast<double>(PeakBytes() - before) / 1e6, "MB", 0, 0, "memory it took at its peak"}};
}

}  // namespace forewarn::bench
