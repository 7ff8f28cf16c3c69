// SPDX-License-Identifier: Apache-2.0
#include "webhook/actuators/pulses.h"

#include <gmock/gmock.h>

#include <atomic>

#include "tests/webhook/actuators/one_domain.h"
#include "tests/webhook/actuators/wait_until.h"
#include "webhook/actuators/marker.h"

namespace forewarn::actuators {
namespace {

using base::ErrorCode;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds kLong{20000};
const Setting kShown{{{"state", "pause 5/1000"}}};

TEST(Beat, GrowsWithSeverityAndIsWrittenInFull) {
  EXPECT_EQ(ToText("flap", BeatOf(0.2)), "flap 180/1000");
  EXPECT_EQ(ToText("flap", BeatOf(0.6)), "flap 540/1000");
  EXPECT_EQ(ToText("flap", BeatOf(1)), "flap 900/1000");
  EXPECT_EQ(BeatFromText("flap", "flap 180/1000"), BeatOf(0.2));
  for (const char* text : {"", "flap", "flap ", "up", "paused", "flap 0/1000", "flap -5/1000", "flap 1000/1000",
                           "flap 180/2000", "flap 0180/1000", "flap 180/1000 ", "pause 180/1000"}) {
    EXPECT_EQ(BeatFromText("flap", text), std::nullopt) << text;
  }
}

// Counts, and says what it was told to say.
struct Switch {
  std::atomic<int> ons = 0, offs = 0;
  std::atomic<bool> wanted = true, on_fails = false, off_fails = false;
  std::atomic<ErrorCode> code = ErrorCode::kUnavailable;

  Pulse Both() {
    return {[this](base::Deadline) { return Answer(ons, on_fails); },
            [this](base::Deadline) { return Answer(offs, off_fails); },
            [this](base::Deadline) { return wanted.load(); }};
  }

 private:
  base::Result<void> Answer(std::atomic<int>& count, const std::atomic<bool>& fails) {
    ++count;
    return fails ? base::Result<void>(base::Error{code, "as told"}) : base::Result<void>();
  }
};

TEST(PulsesTest, GoOnUntilStoppedAndEndSwitchedOff) {
  Switch now;
  Pulses pulses;
  ASSERT_TRUE(pulses.Start("a", {milliseconds(5)}, now.Both(), kShown).ok());
  EXPECT_EQ(now.ons, 1);
  EXPECT_EQ(pulses.Shown("a"), kShown);
  EXPECT_EQ(pulses.Shown("b"), Setting{});
  EXPECT_TRUE(WaitUntil(kLong, [&] { return now.ons >= 2; }));
  pulses.Stop("a");
  EXPECT_EQ(now.ons, now.offs);
  EXPECT_EQ(pulses.Shown("a"), Setting{});
}

TEST(PulsesTest, EndWithTheirObjectInMidPulse) {
  Switch now;
  {
    Pulses pulses;
    ASSERT_TRUE(pulses.Start("a", {milliseconds(900)}, now.Both(), kShown).ok());
  }
  EXPECT_EQ(now.ons, 1);
  EXPECT_EQ(now.offs, 1);
}

TEST(PulsesTest, EndByThemselves) {
  Switch now;
  Pulses pulses(milliseconds(1));
  ASSERT_TRUE(pulses.Start("a", {milliseconds(5)}, now.Both(), kShown).ok());
  EXPECT_TRUE(WaitUntil(kLong, [&] { return pulses.Shown("a") == Setting{}; }));
  EXPECT_EQ(now.ons, 1);
  EXPECT_EQ(now.offs, 1);
}

TEST(PulsesTest, EndWhenNobodyWantsThem) {
  Switch now;
  now.wanted = false;
  Pulses pulses;
  ASSERT_TRUE(pulses.Start("a", {milliseconds(5)}, now.Both(), kShown).ok());
  EXPECT_TRUE(WaitUntil(kLong, [&] { return pulses.Shown("a") == Setting{}; }));
  EXPECT_EQ(now.ons, 1);
}

TEST(PulsesTest, ThatCannotBeginSaySoAndAreSwitchedOff) {
  Switch now;
  now.on_fails = true;
  Pulses pulses;
  EXPECT_EQ(pulses.Start("a", {milliseconds(5)}, now.Both(), kShown).error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(now.offs, 1);  // it may have taken effect
  now.code = ErrorCode::kConflict;
  EXPECT_EQ(pulses.Start("a", {milliseconds(5)}, now.Both(), kShown).error().code, ErrorCode::kConflict);
  EXPECT_EQ(now.offs, 1);  // it is somebody else's
  EXPECT_EQ(pulses.Shown("a"), Setting{});
}

TEST(PulsesTest, AreSwitchedOffAgainAndAgain) {
  Switch now;
  now.off_fails = true;
  Pulses pulses;
  ASSERT_TRUE(pulses.Start("a", {milliseconds(5)}, now.Both(), kShown).ok());
  EXPECT_TRUE(WaitUntil(kLong, [&] { return now.offs >= 5; }));
  EXPECT_EQ(now.ons, 1);
  now.off_fails = false;
  EXPECT_TRUE(WaitUntil(kLong, [&] { return now.ons >= 2; }));
  now.off_fails = true;
  pulses.Stop("a");  // returns all the same
}

TEST(PulsesTest, SecondOnesReplaceTheFirst) {
  Switch first, second;
  Pulses pulses;
  ASSERT_TRUE(pulses.Start("a", {milliseconds(900)}, first.Both(), kShown).ok());
  ASSERT_TRUE(pulses.Start("a", {milliseconds(5)}, second.Both(), kShown).ok());
  EXPECT_EQ(first.offs, 1);
  EXPECT_TRUE(WaitUntil(kLong, [&] { return second.ons >= 2; }));
  EXPECT_EQ(first.ons, 1);
}

class Marked : public OneDomain {
 protected:
  void Put(base::WallTime expiry) {
    ASSERT_TRUE(Markers(&inventory_).Put(target_, {"c-1", "network", {}, expiry}, Soon()).ok());
  }
  std::function<bool(base::Deadline)> While() { return WhileMarked(&inventory_, target_, "network", Soon()); }
  const base::WallTime now_ = base::SystemClock().Now();
};

TEST_F(Marked, ChangesAreWantedAsLongAsTheirMarkerIsThereAndHasNotExpired) {
  EXPECT_FALSE(While());  // nobody has marked it
  Put(now_ + seconds(60));
  const auto wanted = While();
  EXPECT_TRUE(wanted(Soon()));
  host_.Break({ErrorCode::kUnavailable, "down"});
  EXPECT_TRUE(wanted(Soon()));
  host_.Mend();
  Put(now_ - seconds(1));
  EXPECT_FALSE(wanted(Soon()));
  Put(now_ + seconds(60));
  EXPECT_TRUE(wanted(Soon()));
  ASSERT_TRUE(Markers(&inventory_).Remove(target_, "network", 0, Soon()).ok());
  EXPECT_FALSE(wanted(Soon()));
}

}  // namespace
}  // namespace forewarn::actuators
