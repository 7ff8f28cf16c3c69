// SPDX-License-Identifier: Apache-2.0
#include "predictor/confidence/belief.h"

#include <gtest/gtest.h>

#include <cmath>

namespace forewarn::confidence {
namespace {

TEST(Belief, IsOfABetaDistribution) {
  const Belief belief = BeliefOf({3, 1});
  EXPECT_DOUBLE_EQ(belief.mean, 0.75);
  EXPECT_DOUBLE_EQ(belief.deviation, std::sqrt(3.0 / (16 * 5)));
  EXPECT_DOUBLE_EQ(BeliefOf({1, 1}).deviation, Belief{}.deviation);
}

TEST(Belief, IsTheSurerTheMoreIsKnownWhateverIsKnown) {
  EXPECT_EQ(Belief{}.Uncertainty(), 1);
  EXPECT_EQ(BeliefOf({0.1, 0.1}).Uncertainty(), 1);  // less than nothing is not known
  double before = 1;
  for (double outcomes = 2; outcomes < 100; ++outcomes) {
    const double now = BeliefOf({1, outcomes}).Uncertainty();
    EXPECT_LT(now, before);
    EXPECT_NEAR(now, BeliefOf({outcomes, 1}).Uncertainty(), 1e-12);
    before = now;
  }
}

TEST(Belief, WhatIsKnownAddsUp) {
  const Worth sum = Worth{1, 2} + Worth{0.25, 0};
  EXPECT_EQ(sum.right, 1.25);
  EXPECT_EQ(sum.wrong, 2);
}

}  // namespace
}  // namespace forewarn::confidence
