// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace forewarn::remote {

struct Proportion {
  std::size_t part = 0, whole = 0;
};

struct Difference {
  double estimate, low, high;  // from −1 to 1
};

// Of at least one, with Wilson's 95 % interval.
Difference IntervalOf(const Proportion& of);

// `first` − `second`, independent proportions of at least one each, with its 95 % interval: the hybrid of Wilson's
// score intervals without continuity correction, method 10 of R. G. Newcombe, "Interval estimation for the difference
// between independent proportions: comparison of eleven methods", Statistics in Medicine 17 (1998), 873–890.
Difference DifferenceOf(const Proportion& first, const Proportion& second);

}  // namespace forewarn::remote
