// SPDX-License-Identifier: Apache-2.0
#include "cli/backtest/confusion.h"

#include <gtest/gtest.h>

#include "cli/backtest/grid.h"

namespace forewarn::backtest {
namespace {

TEST(Align, PutsWordsToTheLeftAndNumbersToTheRight) {
  EXPECT_EQ(Align({{"a", "b"}, {"long", "123"}, {"", "4"}}, 1), "a       b\nlong  123\n        4\n");
}

TEST(Confusion, IsATableOfLabelsAndNames) {
  EXPECT_EQ(
      RenderConfusion({{{"leak", "leak"}, 3}, {{"leak", kMissed}, 1}, {{"full", "leak"}, 2}, {{"full", "full"}, 2}}),
      "label \\ said  (missed)  full  leak\n"
      "full                 .     2     2\n"
      "leak                 1     .     3\n"
      "balanced accuracy 0.625\n");
}

TEST(Confusion, CountsWhatNobodyEverNamed) {
  EXPECT_EQ(RenderConfusion({{{"leak", kUnnamed}, 1}}),
            "label \\ said  (none)  leak\nleak               1     .\nbalanced accuracy 0.000\n");
  EXPECT_EQ(RenderConfusion({}), "");
}

}  // namespace
}  // namespace forewarn::backtest
