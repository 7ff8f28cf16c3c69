// SPDX-License-Identifier: Apache-2.0
#include "predictor/detectors/linear_code.h"

#include <gtest/gtest.h>

#include <random>

namespace forewarn::detectors {
namespace {

using Eigen::VectorXd;
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

// All five values are multiples of one.
LinearCode Line() {
  std::mt19937 random(2);
  std::normal_distribution<double> noise;
  LinearCode code;
  for (int i = 0; i < 500; ++i) code.Learn(noise(random) * VectorXd::LinSpaced(5, 1, 5), 0.01);
  code.Fit();
  return code;
}

TEST(LinearCode, RebuildsWhatItHasSeenAndNotTheRest) {
  const LinearCode code = Line();
  VectorXd rebuilt;
  code.Rebuild(VectorXd::LinSpaced(5, 2, 10), rebuilt);
  EXPECT_NEAR((rebuilt - VectorXd::LinSpaced(5, 2, 10)).norm(), 0, 1e-6);
  code.Rebuild(VectorXd::Ones(5) - 2 * VectorXd::Unit(5, 4), rebuilt);
  EXPECT_GT((rebuilt - VectorXd::Ones(5)).norm(), 1);
}

TEST(LinearCode, SaysWhatMissingValuesWouldBe) {
  VectorXd row = VectorXd::LinSpaced(5, 2, 10), rebuilt;
  row[1] = row[3] = kNone;
  Line().Rebuild(row, rebuilt);
  EXPECT_NEAR(rebuilt[1], 4, 0.05);
  EXPECT_NEAR(rebuilt[3], 8, 0.05);
}

TEST(LinearCode, ComesBackAsItWasAndOnlyInItsOwnWidth) {
  const LinearCode code = Line();
  Archive saved;
  code.Save(saved);
  LinearCode restored;
  Archive read(saved.bytes()), wrong(saved.bytes()), none(saved.bytes());
  ASSERT_TRUE(restored.Restore(read, 5));
  EXPECT_TRUE(restored.fitted());
  VectorXd before, after;
  code.Rebuild(VectorXd::Ones(5), before);
  restored.Rebuild(VectorXd::Ones(5), after);
  EXPECT_EQ(before, after);
  EXPECT_FALSE(LinearCode().Restore(wrong, 4));
  EXPECT_FALSE(LinearCode().Restore(none, 0));
}

}  // namespace
}  // namespace forewarn::detectors
