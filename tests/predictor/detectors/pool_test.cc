// SPDX-License-Identifier: Apache-2.0
#include "predictor/detectors/pool.h"

#include <gtest/gtest.h>

namespace forewarn::detectors {
namespace {

TEST(Pool, GivesPlacesWhileThereAreAny) {
  Pool<int> pool;
  EXPECT_EQ(pool.Take(2), 1u);
  EXPECT_EQ(pool.Take(2), 2u);
  EXPECT_FALSE(pool.wanted());
  EXPECT_EQ(pool.Take(2), 0u);
  EXPECT_TRUE(pool.wanted());
}

TEST(Pool, WhatIsGivenBackIsFreshForTheNextOne) {
  Pool<int> pool;
  pool.At(pool.Take(1)) = 7;
  pool.GiveBack(1);
  EXPECT_EQ(pool.Take(1), 1u);
  EXPECT_EQ(pool.At(1), 0);
  EXPECT_FALSE(pool.wanted());
}

TEST(Pool, ComesBackWithItsOwners) {
  Pool<int> pool;
  for (int i = 1; i <= 3; ++i) pool.At(pool.Take(3)) = i;
  Archive saved;
  pool.Save(saved);
  const auto restored = [&](const std::vector<std::uint32_t>& owned, Pool<int>& to) {
    Archive read(saved.bytes());
    return to.Restore(read) && to.Settle(owned);
  };
  Pool<int> other;
  ASSERT_TRUE(restored({3, 1}, other));
  EXPECT_EQ(other.At(3), 3);
  EXPECT_EQ(other.Take(3), 2u);
  EXPECT_EQ(other.Take(3), 0u);
  for (const auto& owned : {std::vector<std::uint32_t>{4}, {0}, {2, 2}}) {
    Pool<int> damaged;
    EXPECT_FALSE(restored(owned, damaged));
  }
}

}  // namespace
}  // namespace forewarn::detectors
