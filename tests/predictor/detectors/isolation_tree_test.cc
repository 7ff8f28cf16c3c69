// SPDX-License-Identifier: Apache-2.0
#include "predictor/detectors/isolation_tree.h"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

namespace forewarn::detectors {
namespace {

constexpr float kNone = std::numeric_limits<float>::quiet_NaN();

// Two columns of values between 0 and 1.
std::vector<float> Square(Random& random) {
  std::vector<float> rows(2 * 256);
  for (float& value : rows) value = static_cast<float>(random.Uniform());
  return rows;
}

double MeanPath(const std::vector<IsolationTree>& trees, const std::vector<float>& row) {
  double path = 0;
  for (const auto& tree : trees) path += tree.PathLength(row.data());
  return path / static_cast<double>(trees.size());
}

std::vector<IsolationTree> Forest(const std::vector<float>& rows, Random& random) {
  std::vector<IsolationTree> trees(50);
  for (auto& tree : trees) tree.Grow({rows, 2}, random);
  return trees;
}

TEST(IsolationTree, WhatIsStrangeIsSoonAlone) {
  Random random(5);
  const auto trees = Forest(Square(random), random);
  EXPECT_LT(MeanPath(trees, {5, 5}), MeanPath(trees, {0.5, 0.5}) - 1);
  EXPECT_LE(MeanPath(trees, {0.5, 0.5}), 2 * IsolationTree::ExpectedPath(IsolationTree::kSample));
}

TEST(IsolationTree, WhatIsFartherThanAllThatItKnowsIsAloneAtOnce) {
  Random random(5);
  const auto trees = Forest(Square(random), random);
  EXPECT_EQ(MeanPath(trees, {5, 5}), 1);
  EXPECT_EQ(MeanPath(trees, {-5, 5}), 1);
  EXPECT_GT(MeanPath(trees, {1, 1}), 3);  // the corner of what it knows
}

TEST(IsolationTree, MissingWhereItNeverWasIsAloneAndOrdinaryWhereItIsUsual) {
  Random random(5);
  auto rows = Square(random);
  const auto never = Forest(rows, random);
  EXPECT_LT(MeanPath(never, {kNone, 0.5}), MeanPath(never, {0.5, 0.5}) - 1);
  for (std::size_t i = 0; i < rows.size(); i += 4) rows[i] = kNone;
  const auto often = Forest(rows, random);
  EXPECT_NEAR(MeanPath(often, {kNone, 0.5}), MeanPath(often, {0.5, 0.5}), 1);
}

TEST(IsolationTree, EqualRowsAreOneLeaf) {
  Random random;
  IsolationTree tree;
  EXPECT_FALSE(tree.Fits(2));
  tree.Grow({std::vector<float>(20, 1.0f), 2}, random);
  EXPECT_TRUE(tree.Fits(2));
  const std::vector<float> row = {3, 3};
  EXPECT_DOUBLE_EQ(tree.PathLength(row.data()),
                   static_cast<float>(IsolationTree::ExpectedPath(IsolationTree::kSample)));
}

TEST(IsolationTree, TheSameSeedGrowsTheSameTree) {
  Random first(9), second(9);
  const auto rows = Square(first);
  (void)Square(second);
  IsolationTree one, other;
  one.Grow({rows, 2}, first);
  other.Grow({rows, 2}, second);
  for (float x = 0; x < 1; x += 0.05f) {
    const std::vector<float> row = {x, 1 - x};
    EXPECT_EQ(one.PathLength(row.data()), other.PathLength(row.data()));
  }
}

}  // namespace
}  // namespace forewarn::detectors
