// SPDX-License-Identifier: Apache-2.0
#include "predictor/detectors/logarithm.h"

#include <gtest/gtest.h>

#include <cmath>

namespace forewarn::detectors {
namespace {

TEST(Logarithm, IsThatOfTheLibraryToAMillionth) {
  for (double x = 1e-37; x < 1e38; x *= 1.0037) {
    const auto value = static_cast<float>(x);
    EXPECT_NEAR(Log2(value), std::log2(value), 1e-6 * std::max(1.0f, std::abs(std::log2(value)))) << x;
    EXPECT_NEAR(Log(value), std::log(value), 1e-6 * std::max(1.0f, std::abs(std::log(value)))) << x;
  }
  EXPECT_EQ(Log2(1), 0);
  EXPECT_EQ(Log2(8), 3);
}

}  // namespace
}  // namespace forewarn::detectors
