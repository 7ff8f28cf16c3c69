// SPDX-License-Identifier: Apache-2.0
#include "common/base/in_order.h"

#include <gtest/gtest.h>

#include <atomic>

namespace forewarn::base {
namespace {

TEST(TwoAtATime, GivesResultsInOrder) {
  std::vector<std::size_t> results;
  std::atomic<int> running = 0, most = 0;
  const auto work = [&](std::size_t index) {
    const int now = ++running;
    if (now > most) most = now;
    std::this_thread::yield();
    --running;
    return 10 * index;
  };
  TwoAtATime<std::size_t>(1000, work, [&](std::size_t index, std::size_t result) {
    EXPECT_EQ(index, results.size());
    results.push_back(result);
  });
  ASSERT_EQ(results.size(), 1000u);
  for (std::size_t i = 0; i < results.size(); ++i) EXPECT_EQ(results[i], 10 * i);
  EXPECT_LE(most, 2);
}

TEST(TwoAtATime, NothingToDoIsDone) {
  TwoAtATime<int>(
      0, [](std::size_t) { return 1; }, [](std::size_t, int) { ADD_FAILURE(); });
}

TEST(Sequencer, KeepsWhatCameEarly) {
  std::vector<int> used;
  Sequencer<int> sequencer(3, [&](std::size_t, int result) { used.push_back(result); });
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(sequencer.Take(), i);
  EXPECT_FALSE(sequencer.Take());
  sequencer.Give(2, 30);
  sequencer.Give(1, 20);
  EXPECT_TRUE(used.empty());
  sequencer.Give(0, 10);
  EXPECT_EQ(used, (std::vector<int>{10, 20, 30}));
}

}  // namespace
}  // namespace forewarn::base
