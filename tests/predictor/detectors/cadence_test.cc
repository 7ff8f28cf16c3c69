// SPDX-License-Identifier: Apache-2.0
#include "predictor/detectors/cadence.h"

#include <gtest/gtest.h>

namespace forewarn::detectors {
namespace {

double After(Cadence& cadence, int ticks, double step) {
  static double time = 1.7e9;
  for (int i = 0; i < ticks; ++i) cadence.Advance(time += step);
  return cadence.tick();
}

TEST(Cadence, IsDiscoveredAndFollowsSlowly) {
  Cadence cadence;
  EXPECT_EQ(After(cadence, 1, 15), 0);
  EXPECT_EQ(After(cadence, 1, 15), 15);
  EXPECT_NEAR(After(cadence, 10, 20), 17, 0.5);
  EXPECT_NEAR(After(cadence, 200, 20), 20, 0.01);
  EXPECT_EQ(cadence.Window(60, 2), 60);
  EXPECT_NEAR(cadence.Window(60, 10), 200, 0.1);
}

TEST(Cadence, AGapIsNoTick) {
  Cadence cadence;
  After(cadence, 10, 1);
  for (int i = 0; i < 5; ++i) {
    EXPECT_NEAR(After(cadence, Cadence::kChanged - 1, 60), 1, 1e-6);
    EXPECT_NEAR(After(cadence, 1, 1), 1, 1e-6);
  }
  EXPECT_TRUE(cadence.IsGap(6));
  EXPECT_FALSE(cadence.IsGap(4));
}

TEST(Cadence, SeveralLongIntervalsInARowAreANewCadence) {
  Cadence cadence;
  After(cadence, 100, 1);
  EXPECT_NEAR(After(cadence, Cadence::kChanged, 15), 15, 1e-6);
  EXPECT_FALSE(cadence.IsGap(15));
  EXPECT_NEAR(After(cadence, 100, 1), 1, 0.2);  // back again, little by little
}

}  // namespace
}  // namespace forewarn::detectors
