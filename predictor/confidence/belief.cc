// SPDX-License-Identifier: Apache-2.0
#include "predictor/confidence/belief.h"

#include <cmath>

namespace forewarn::confidence {

Belief BeliefOf(const Worth& worth) {
  const double all = worth.right + worth.wrong, mean = worth.right / all;
  return {mean, std::sqrt(mean * (1 - mean) / (all + 1))};
}

}  // namespace forewarn::confidence
