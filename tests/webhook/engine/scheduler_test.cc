// SPDX-License-Identifier: Apache-2.0
#include "webhook/engine/scheduler.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>

namespace forewarn::engine {
namespace {

TEST(Scheduler, RunsAJobUntilItIsDone) {
  std::promise<void> done;
  int runs = 0;
  Scheduler scheduler(2);
  scheduler.Add("a", [&]() -> std::optional<base::Duration> {
    if (++runs < 3) return std::chrono::milliseconds(1);
    done.set_value();
    return std::nullopt;
  });
  ASSERT_EQ(done.get_future().wait_for(std::chrono::seconds(10)), std::future_status::ready);
  EXPECT_EQ(runs, 3);
}

TEST(Scheduler, RunsOneJobOfAKeyAtATimeWhileOthersGoOn) {
  std::promise<void> release, other_ran;
  std::shared_future<void> released = release.get_future().share();
  std::atomic<int> inside = 0, most = 0, finished = 0;
  {
    Scheduler scheduler(4);
    for (int i = 0; i < 3; ++i) {
      scheduler.Add("same", [&]() -> std::optional<base::Duration> {
        most = std::max(most.load(), ++inside);
        released.wait();
        --inside;
        ++finished;
        return std::nullopt;
      });
    }
    scheduler.Add("other", [&]() -> std::optional<base::Duration> {
      other_ran.set_value();
      return std::nullopt;
    });
    EXPECT_EQ(other_ran.get_future().wait_for(std::chrono::seconds(10)), std::future_status::ready);
    release.set_value();
    while (scheduler.size() > 0) std::this_thread::yield();
  }
  EXPECT_EQ(most, 1);
  EXPECT_EQ(finished, 3);
}

TEST(Scheduler, HurryMakesEverythingDue) {
  std::promise<void> again;
  std::atomic<int> runs = 0;
  Scheduler scheduler(1);
  scheduler.Add("a", [&]() -> std::optional<base::Duration> {
    if (++runs == 1) return std::chrono::hours(1);
    again.set_value();
    return std::nullopt;
  });
  while (runs == 0) std::this_thread::yield();
  auto ran = again.get_future();
  // The first run may not have been put back yet.
  while (ran.wait_for(std::chrono::milliseconds(1)) != std::future_status::ready) scheduler.Hurry();
  EXPECT_EQ(runs, 2);
}

}  // namespace
}  // namespace forewarn::engine
