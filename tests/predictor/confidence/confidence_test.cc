// SPDX-License-Identifier: Apache-2.0
#include "predictor/confidence/confidence.h"

#include <gtest/gtest.h>

namespace forewarn::confidence {
namespace {

TEST(Combine, IsAProbabilityThatRisesWithEachPart) {
  EXPECT_EQ(Combine({0, 1, 1}), 0);
  EXPECT_EQ(Combine({1, 0, 1}), 0);
  EXPECT_EQ(Combine({1, 1, 1}), 1);
  EXPECT_LT(Combine({0.5, 0.8, 0.9}), Combine({0.6, 0.8, 0.9}));
  EXPECT_LT(Combine({0.5, 0.7, 0.9}), Combine({0.5, 0.8, 0.9}));
  EXPECT_LE(Combine({1, 1, 0.9}), 0.9);
}

TEST(Smoother, OneOddTickDecidesNothing) {
  Smoother smoother;
  for (int t = 0; t < 30; ++t) (void)smoother.Next(2, t, 0.9, 3);
  EXPECT_NEAR(smoother.Next(2, 30, 0.9, 3), 0.9, 1e-3);
  EXPECT_GT(smoother.Next(2, 31, 0, 3), 0.6);
}

TEST(Smoother, AGapOutweighsWhatWasBeforeIt) {
  Smoother smoother;
  for (int t = 0; t < 30; ++t) (void)smoother.Next(0, t, 0.9, 3);
  EXPECT_GT(smoother.Next(0, 32, 0.9, 3), 0.85);  // a few missed ticks
  EXPECT_LT(smoother.Next(0, 92, 0.1, 3), 0.11);  // a minute
}

TEST(Smoother, FadesSlowerThanItRises) {
  Smoother rising, falling;
  for (int t = 0; t < 60; ++t) (void)falling.Next(0, t, 1, 3);
  for (int t = 0; t < 3; ++t) (void)rising.Next(0, t, 0.1, 3);
  const double risen = rising.Next(0, 3, 1, 3), fallen = falling.Next(0, 60, 0.1, 3);
  EXPECT_GT(risen - 0.1, 3 * (1 - fallen));
}

TEST(Smoother, FollowsTimeNotTicks) {
  Smoother fast, slow;
  for (int t = 0; t <= 60; ++t) (void)fast.Next(0, t, 1, 30);
  for (int t = 0; t <= 60; t += 15) (void)slow.Next(0, t, 1, 30);
  EXPECT_NEAR(fast.Next(0, 75, 1, 30), slow.Next(0, 75, 1, 30), 0.05);
}

}  // namespace
}  // namespace forewarn::confidence
