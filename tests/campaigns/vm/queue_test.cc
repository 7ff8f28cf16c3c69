// SPDX-License-Identifier: Apache-2.0
#include "tests/campaigns/vm/queue.h"

#include <gtest/gtest.h>

#include <future>

namespace forewarn::campaign {
namespace {

TEST(QueueTest, GivesEachRunOnceAndThenNone) {
  Queue queue({{0, "disk_full"}, {1, ""}});
  EXPECT_EQ(queue.Take()->number, 0);
  EXPECT_EQ(queue.Take()->number, 1);
  EXPECT_FALSE(queue.Take());
}

TEST(QueueTest, WhatTakesACoreComesOneAtATime) {
  Queue queue({{0, "cpu_saturation", true}, {1, "unknown", true}, {2, "disk_full"}});
  const auto first = queue.Take();
  EXPECT_EQ(first->number, 0);
  EXPECT_EQ(queue.Take()->number, 2);
  auto waits = std::async(std::launch::async, [&] { return queue.Take()->number; });
  EXPECT_EQ(waits.wait_for(std::chrono::milliseconds(20)), std::future_status::timeout);
  queue.Finish(*first);
  EXPECT_EQ(waits.get(), 1);
}

}  // namespace
}  // namespace forewarn::campaign
