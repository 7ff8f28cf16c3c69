// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <mutex>
#include <vector>

#include "predictor/confidence/scorekeeper.h"

namespace forewarn::publish {

// How right the predictions were, as series. Publishing is the tick's; collecting is anybody's. Counters are there at 0
// from the start; ratios are absent while too little is known (Reliability::kEnough).
class Scores : public prometheus::Collectable {
 public:
  void Publish(const confidence::Scorekeeper& scores);
  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  mutable std::mutex mutex_;
  std::vector<prometheus::MetricFamily> families_;
};

}  // namespace forewarn::publish
