// SPDX-License-Identifier: Apache-2.0
#include "common/base/clock.h"

#include <gtest/gtest.h>

#include "tests/fakes/fake_clock.h"

namespace forewarn::base {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(Clock, SecondsAreThoseOfTheEpoch) {
  EXPECT_EQ(FromSeconds(0), WallTime());
  EXPECT_EQ(FromSeconds(1700000000.25), WallTime(seconds(1700000000) + milliseconds(250)));
  EXPECT_EQ(FromSeconds(-0.5), WallTime(milliseconds(-500)));
  EXPECT_DOUBLE_EQ(ToSeconds(WallTime(milliseconds(1500))), 1.5);
  EXPECT_DOUBLE_EQ(ToSeconds(Duration(milliseconds(-250))), -0.25);
}

TEST(Clock, SecondsComeBackAsTheyWent) {
  for (const double time : {0.0, 1e9 + 0.001, 1700000000.123, 4102444799.999}) {
    EXPECT_DOUBLE_EQ(ToSeconds(FromSeconds(time)), time);
  }
}

TEST(Clock, TheMachinesSteadyClockNeverGoesBack) {
  const auto first = SystemClock().Steady();
  EXPECT_GE(SystemClock().Steady(), first);
  EXPECT_GT(SystemClock().Now(), FromSeconds(1.6e9));
}

TEST(Deadline, PassesAtItsMomentAndNotBefore) {
  fakes::FakeClock clock;
  const auto deadline = Deadline::After(seconds(2), clock);
  EXPECT_FALSE(deadline.Passed(clock));
  EXPECT_EQ(deadline.Left(clock), seconds(2));
  clock.Advance(milliseconds(1999));
  EXPECT_FALSE(deadline.Passed(clock));
  clock.Advance(milliseconds(1));
  EXPECT_TRUE(deadline.Passed(clock));
  clock.Advance(seconds(1));
  EXPECT_EQ(deadline.Left(clock), seconds(-1));
}

TEST(FakeClock, MovesBothClocksTogether) {
  fakes::FakeClock clock(FromSeconds(100));
  const auto steady = clock.Steady();
  clock.Advance(seconds(5));
  EXPECT_EQ(clock.Now(), FromSeconds(105));
  EXPECT_EQ(clock.Steady() - steady, seconds(5));
}

}  // namespace
}  // namespace forewarn::base
