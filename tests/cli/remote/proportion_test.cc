// SPDX-License-Identifier: Apache-2.0
#include "cli/remote/proportion.h"

#include <gtest/gtest.h>

namespace forewarn::remote {
namespace {

struct Example {
  Proportion first, second;
  double low, high;
};

// Newcombe (1998), table II, method 10.
TEST(DifferenceOf, AgreesWithThePublishedExamples) {
  for (const auto& [first, second, low, high] : {Example{{56, 70}, {48, 80}, 0.0524, 0.3339},
                                                 {{9, 10}, {3, 10}, 0.1705, 0.8090},
                                                 {{6, 7}, {2, 7}, 0.0582, 0.8062},
                                                 {{5, 56}, {0, 29}, -0.0381, 0.1926},
                                                 {{0, 10}, {0, 20}, -0.1611, 0.2775},
                                                 {{0, 10}, {0, 10}, -0.2775, 0.2775},
                                                 {{10, 10}, {0, 20}, 0.6791, 1},
                                                 {{10, 10}, {0, 10}, 0.6075, 1}}) {
    const Difference difference = DifferenceOf(first, second);
    EXPECT_NEAR(difference.low, low, 0.00006) << first.part << "/" << first.whole;
    EXPECT_NEAR(difference.high, high, 0.00006) << first.part << "/" << first.whole;
  }
}

TEST(DifferenceOf, TurnsItsSignWithItsArms) {
  const Difference one = DifferenceOf({7, 20}, {2, 30}), other = DifferenceOf({2, 30}, {7, 20});
  EXPECT_DOUBLE_EQ(one.estimate, 7.0 / 20 - 2.0 / 30);
  EXPECT_DOUBLE_EQ(one.estimate, -other.estimate);
  EXPECT_DOUBLE_EQ(one.low, -other.high);
  EXPECT_DOUBLE_EQ(one.high, -other.low);
}

}  // namespace
}  // namespace forewarn::remote
