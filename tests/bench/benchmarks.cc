// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/bench.h"

namespace forewarn::bench {

Scale Whole() {
  Scale scale;
  scale.series = {10'000, 100'000, 1'000'000};
  scale.render_series = scale.train_series = scale.hold_series = 100'000;
  return scale;
}

Scale Quick() {
  Scale scale;
  scale.series = {320, 3'200};
  scale.warm_ticks = 30;
  scale.ticks = 3;
  scale.render_series = scale.train_series = scale.hold_series = 1'000;
  scale.train_ticks = 30;
  scale.hold_ticks = 3;
  return scale;
}

const std::vector<Benchmark>& Benchmarks() {
  static const std::vector<Benchmark> benchmarks = {{"read", MeasureRead},     {"tick", MeasureTicks},
                                                    {"render", MeasureRender}, {"training", MeasureTraining},
                                                    {"hold", MeasureHold},     {"webhook", MeasureWebhook}};
  return benchmarks;
}

std::string Short(std::size_t count) {
  if (count >= 1'000'000 && count % 1'000'000 == 0) return std::to_string(count / 1'000'000) + "M";
  if (count >= 1'000 && count % 1'000 == 0) return std::to_string(count / 1'000) + "k";
  return std::to_string(count);
}

}  // namespace forewarn::bench
