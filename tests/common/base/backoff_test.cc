// SPDX-License-Identifier: Apache-2.0
#include "common/base/backoff.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace forewarn::base {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(Backoff, TheCeilingDoublesUpToTheMaximum) {
  // Full jitter: the longest of many waits comes close to the ceiling of its attempt and never passes it.
  constexpr int kCeilings[] = {100, 200, 400, 500, 500, 500};
  Duration longest[6] = {};
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Backoff backoff(milliseconds(100), milliseconds(500), seed);
    for (int i = 0; i < 6; ++i) {
      const Duration wait = backoff.Next();
      EXPECT_GT(wait, Duration::zero());
      EXPECT_LE(wait, milliseconds(kCeilings[i]));
      longest[i] = std::max(longest[i], wait);
    }
  }
  for (int i = 0; i < 6; ++i) {
    EXPECT_GT(longest[i], milliseconds(kCeilings[i]) * 8 / 10) << "attempt " << i;
  }
}

TEST(Backoff, ResetBeginsAgain) {
  Backoff backoff(milliseconds(10), seconds(60), 7);
  for (int i = 0; i < 20; ++i) {
    (void)backoff.Next();
  }
  backoff.Reset();
  EXPECT_LE(backoff.Next(), milliseconds(10));
}

TEST(Backoff, TheSeedDecides) {
  Backoff a(milliseconds(10), seconds(1), 1), b(milliseconds(10), seconds(1), 1), c(milliseconds(10), seconds(1), 2);
  const Duration first = a.Next();
  EXPECT_EQ(first, b.Next());
  EXPECT_NE(first, c.Next());
}

TEST(Backoff, NeitherOverflowsNorLeavesItsBounds) {
  Backoff forever(seconds(1), Duration::max(), 3);
  Backoff none(Duration::zero(), Duration::zero(), 3);
  Backoff smaller(seconds(10), seconds(1), 3);
  for (int i = 0; i < 200; ++i) {
    EXPECT_GT(forever.Next(), Duration::zero());
    EXPECT_EQ(none.Next(), Duration(1));
    EXPECT_LE(smaller.Next(), seconds(1));
  }
}

}  // namespace
}  // namespace forewarn::base
