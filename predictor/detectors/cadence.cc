// SPDX-License-Identifier: Apache-2.0
#include "predictor/detectors/cadence.h"

namespace forewarn::detectors {

double Cadence::Advance(double time) {
  const double elapsed = time - last_;
  last_ = time;
  if (telemetry::IsMissing(elapsed) || elapsed <= 0) return telemetry::kMissing;
  // The first interval is taken as it is; later ones move the estimate slowly, a gap not at all.
  if (tick_ == 0) {
    tick_ = elapsed;
  } else if (elapsed < 3 * tick_) {
    tick_ += 0.05 * (elapsed - tick_);
    long_ = longs_ = 0;
  } else if (long_ += elapsed; ++longs_ == kChanged) {
    tick_ = long_ / kChanged;
    long_ = longs_ = 0;
  }
  return elapsed;
}

}  // namespace forewarn::detectors
