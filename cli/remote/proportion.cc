// SPDX-License-Identifier: Apache-2.0
#include "cli/remote/proportion.h"

#include <algorithm>
#include <cmath>

namespace forewarn::remote {
// Wilson's score interval: E. B. Wilson, "Probable inference, the law of succession, and statistical inference",
// Journal of the American Statistical Association 22 (1927), 209–212.
Difference IntervalOf(const Proportion& of) {
  constexpr double z = 1.959963984540054;  // the normal distribution's quantile of 0.975
  const double n = static_cast<double>(of.whole), p = static_cast<double>(of.part) / n;
  const double middle = 2 * n * p + z * z, half = z * std::sqrt(z * z + 4 * n * p * (1 - p)), scale = 2 * (n + z * z);
  return {p, (middle - half) / scale, (middle + half) / scale};
}

Difference DifferenceOf(const Proportion& first, const Proportion& second) {
  const Difference a = IntervalOf(first), b = IntervalOf(second);
  const double estimate = a.estimate - b.estimate;
  return {estimate, std::max(-1.0, estimate - std::hypot(a.estimate - a.low, b.high - b.estimate)),
          std::min(1.0, estimate + std::hypot(a.high - a.estimate, b.estimate - b.low))};
}

}  // namespace forewarn::remote
