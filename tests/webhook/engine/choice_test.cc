// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "tests/webhook/engine/pipe_fixture.h"

// Which step goes first, and when.
namespace forewarn::engine {
namespace {

using journal::Episode;
using journal::Outcome;
using journal::State;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::StartsWith;

class ChoiceTest : public PipeFixture {
 protected:
  void Remember(const std::string& actuator, Outcome outcome, int times) {
    journal::Change change;
    change.actuator = actuator;
    change.outcome = outcome;
    for (int i = 0; i < times; ++i) memory_part_->experience.Learn("DiskContention", change);
  }
};

TEST_F(ChoiceTest, TheBestRecordGoesFirst) {
  Remember("disk_io", Outcome::kIneffective, 3);
  Episode episode = Open();
  RunTo(episode, State::kApplied);
  EXPECT_EQ(memory_.value(), 1024);
  EXPECT_THAT(disk_io_.applied(), IsEmpty());
  RunFor(episode, std::chrono::seconds(11));  // it doesn't help: the other after all
  EXPECT_EQ(memory_.value(), 512);
  EXPECT_EQ(disk_io_.value(), 200);
}

TEST_F(ChoiceTest, WhatTheJournalRemembersDecidesAfterARestart) {
  Episode episode = Open();
  RunTo(episode, State::kClosed);  // neither helped
  EXPECT_DOUBLE_EQ(memory_part_->experience.Success("DiskContention", "disk_io").mean, 1.0 / 3);
  Restart();
  memory_part_->experience.Learn(journal_->Find({}).value());
  EXPECT_DOUBLE_EQ(memory_part_->experience.Success("DiskContention", "disk_io").mean, 1.0 / 3);
  EXPECT_DOUBLE_EQ(memory_part_->experience.Success("MemoryLeak", "disk_io").mean, 0.5);
}

TEST_F(ChoiceTest, WhatIsSlowerThanTheFaultIsSkipped) {
  for (int i = 0; i < 20; ++i) memory_part_->experience.Took("disk_io", std::chrono::seconds(700));
  Episode episode = Open();  // the fault is expected in 600 s
  RunTo(episode, State::kApplied);
  EXPECT_THAT(disk_io_.applied(), IsEmpty());
  EXPECT_EQ(memory_.value(), 1024);
  EXPECT_THAT(episode.changes.at(0).reason, StartsWith("too_slow"));
}

TEST_F(ChoiceTest, OnceTheFaultIsThereAnythingIsWelcome) {
  for (int i = 0; i < 20; ++i) memory_part_->experience.Took("disk_io", std::chrono::seconds(700));
  clock_.Advance(std::chrono::seconds(601));
  Episode episode = Open();
  RunTo(episode, State::kApplied);
  EXPECT_EQ(disk_io_.value(), 200);
}

TEST(Experience, P95IsTheNearestRankOfTheLast) {
  Experience experience;
  EXPECT_FALSE(experience.P95("memory"));
  for (int i = 1; i <= 100; ++i) experience.Took("memory", std::chrono::milliseconds(i));
  EXPECT_EQ(experience.P95("memory"), std::chrono::milliseconds(95));
  for (int i = 0; i < 200; ++i) experience.Took("memory", std::chrono::milliseconds(1));
  EXPECT_EQ(experience.P95("memory"), std::chrono::milliseconds(1));
}

class QueueTest : public ChoiceTest {
 protected:
  // Another domain holds the only place.
  Episode Occupy() {
    Episode other = journal_->Admit({AlertFor("web-9")}, clock_.Now()).value().at(0).episode;
    other.state = State::kHeld;
    other.hypervisor = "host9";
    other.changes.resize(1);
    other.changes[0].intended = clock_.Now();
    EXPECT_TRUE(journal_->Save(other));
    Rules rules = *rules_;
    rules.guard.max_in_force = 1;
    rules_ = std::make_shared<const Rules>(rules);
    return other;
  }
};

TEST_F(QueueTest, WaitsItsTurn) {
  Episode other = Occupy();
  Episode episode = Open();
  RunFor(episode, std::chrono::seconds(30));
  EXPECT_EQ(episode.state, State::kPlanned);
  EXPECT_THAT(disk_io_.applied(), IsEmpty());
  const int asked = queries_;
  RunFor(episode, std::chrono::seconds(30));
  EXPECT_LT(queries_ - asked, 20);  // the fleet alone
  other.changes[0].reverted = clock_.Now();
  ASSERT_TRUE(journal_->Save(other));
  RunTo(episode, State::kApplied);
  EXPECT_EQ(disk_io_.value(), 200);
}

TEST_F(QueueTest, ButNotForEver) {
  Occupy();
  Episode episode = Open();
  RunTo(episode, State::kClosed);
  EXPECT_EQ(episode.outcome, Outcome::kRefused);
  EXPECT_THAT(episode.reason, StartsWith("concurrency"));
}

}  // namespace
}  // namespace forewarn::engine
