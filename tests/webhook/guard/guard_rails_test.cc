// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <fstream>

#include "tests/webhook/guard/guard_fixture.h"

namespace forewarn::guard {
namespace {

TEST_F(GuardTest, NothingRefusesAGoodQuestion) { EXPECT_EQ(Reason(), ""); }

TEST_F(GuardTest, KillSwitchWhileItsFileExists) {
  ASSERT_TRUE(kill_switch_.Engage());
  EXPECT_EQ(Reason(), "kill_switch");
  EXPECT_TRUE(KillSwitch(directory_ / "kill-switch").Read().engaged);
  ASSERT_TRUE(kill_switch_.Disengage());
  EXPECT_EQ(Reason(), "");
  EXPECT_TRUE(kill_switch_.Disengage());
}

TEST_F(GuardTest, KillSwitchWhereItCannotBeRead) {
  kill_switch_ = KillSwitch(directory_ / "missing" / "kill-switch");
  EXPECT_EQ(Reason(), "kill_switch");
  EXPECT_FALSE(kill_switch_.Engage());
  std::ofstream(directory_ / "file") << "";
  EXPECT_TRUE(KillSwitch(directory_ / "file" / "kill-switch").Read().engaged);
  std::filesystem::create_symlink("nowhere", directory_ / "dangling");
  EXPECT_TRUE(KillSwitch(directory_ / "dangling").Read().engaged);
}

TEST_F(GuardTest, AllowListMatchesWholeNames) {
  episode_.domain = "db";
  EXPECT_EQ(Reason(), "allow_list");
  episode_.domain = "my-web-1";
  EXPECT_EQ(Reason(), "allow_list");
  episode_.domain = "web-1";
  settings_.allow = {};
  EXPECT_EQ(Reason(), "allow_list");
}

TEST_F(GuardTest, UnknownTarget) {
  targets_ = {};
  EXPECT_EQ(Reason(), "unknown_target");
}

TEST_F(GuardTest, StaleWithoutAnAnswerBelowTheThresholdOrTooOld) {
  episode_.prediction->sampled = kNow - std::chrono::seconds(30);
  EXPECT_EQ(Reason(), "");
  episode_.prediction->sampled = kNow - std::chrono::seconds(31);
  EXPECT_EQ(Reason(), "stale");
  episode_.prediction->sampled = kNow + std::chrono::seconds(31);
  EXPECT_EQ(Reason(), "stale");
  episode_.prediction->sampled = kNow;
  episode_.prediction->confidence = 0.69;
  EXPECT_EQ(Reason(), "stale");
  episode_.prediction->confidence = std::nan("");
  EXPECT_EQ(Reason(), "stale");
  episode_.prediction.reset();
  EXPECT_EQ(Reason(), "stale");
}

TEST_F(GuardTest, CoolDownAfterAnEffect) {
  CloseOne(std::chrono::minutes(4), kNow);
  EXPECT_EQ(Reason(), "cool_down");
  episode_.fault = "MemoryLeak";
  EXPECT_EQ(Reason(), "");
}

TEST_F(GuardTest, NoCoolDownAfterwardsOrWithoutAnEffect) {
  CloseOne(std::chrono::minutes(6), kNow);
  EXPECT_EQ(Reason(), "");
  CloseOne(std::chrono::minutes(1), std::nullopt);
  EXPECT_EQ(Reason(), "");
}

TEST_F(GuardTest, DryRunIsTheLastToRefuse) {
  policy_.mode = plan::Mode::kObserve;
  EXPECT_EQ(Reason(), "dry_run");
  episode_.prediction.reset();
  EXPECT_EQ(Reason(), "stale");
}

TEST(Reasons, AreDistinct) {
  auto reasons = Reasons();
  std::sort(reasons.begin(), reasons.end());
  EXPECT_EQ(std::unique(reasons.begin(), reasons.end()), reasons.end());
}

}  // namespace
}  // namespace forewarn::guard
