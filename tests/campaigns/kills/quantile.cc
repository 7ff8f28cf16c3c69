// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "tests/campaigns/kills/campaign.h"

namespace forewarn::crash {

double Quantile(std::vector<double> values, double at) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(std::ceil(at * static_cast<double>(values.size() - 1)))];
}

}  // namespace forewarn::crash
