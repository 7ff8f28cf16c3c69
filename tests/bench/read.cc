// SPDX-License-Identifier: Apache-2.0
#include <stdexcept>

#include "tests/bench/bench.h"
#include "tests/bench/floor.h"
#include "tests/bench/meter.h"
#include "tests/bench/source_reader.h"

namespace forewarn::bench {
namespace {

Figure MeasureOne(std::size_t series, const Scale& scale) {
  const Fleet fleet(series);
  const CannedSource source(fleet, series > 200'000 ? 4 : 8);
  const auto reader = ReaderOf(fleet, source);
  Floor floor(fleet, source);
  std::vector<double> reads, floors;
  for (std::size_t tick = 0; tick < scale.warm_ticks + 3 * scale.ticks; ++tick) {
    std::size_t rows = 0;
    reads.push_back(CpuSecondsOf([&] { rows = Read(*reader, tick).series; }));
    floors.push_back(CpuSecondsOf([&] { floor.Tick(tick); }));
    if (rows != fleet.series()) throw std::runtime_error("a tick saw too few series");
    if (tick < scale.warm_ticks) reads.clear(), floors.clear();
  }
  const std::string at = "_" + Short(fleet.series());
  return {"read_to_floor" + at,
          Median(reads) / Median(floors),
          "x",
          0,
          0,
          "CPU of fetch, parse and columns / of fetch and simdjson parse, nothing else in between"};
}

}  // namespace

std::vector<Figure> MeasureRead(const Scale& scale) {
  std::vector<Figure> figures;
  for (const std::size_t series : scale.series) figures.push_back(MeasureOne(series, scale));
  return figures;
}

}  // namespace forewarn::bench
