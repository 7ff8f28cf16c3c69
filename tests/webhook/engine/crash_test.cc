// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "tests/webhook/engine/pipe_fixture.h"

namespace forewarn::engine {
namespace {

using journal::Episode;
using journal::Outcome;
using journal::State;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// What a new process does with what the journal of the old one says.
class CrashTest : public PipeFixture {
 protected:
  // Dies when the effect of the last change had not returned yet.
  void CutOff(Episode& episode) {
    episode.state = State::kRecorded;
    episode.changes.back().applied.reset();
    ASSERT_TRUE(journal_->Save(episode));
    Restart();
  }
};

TEST_F(CrashTest, AnAppliedChangeIsVerifiedNotAppliedAgain) {
  Episode episode = Open();
  RunTo(episode, State::kApplied);
  Restart();
  Episode left = Reload();
  EXPECT_EQ(left.state, State::kApplied);
  symptom_ = 0.1;
  RunTo(left, State::kHeld);
  EXPECT_THAT(disk_io_.applied(), ElementsAre(200));
}

TEST_F(CrashTest, AHeldChangeIsHeldOnAndUndoneAtItsExpiry) {
  Episode episode = Open();
  RunTo(episode, State::kApplied);
  symptom_ = 0.1;
  RunTo(episode, State::kHeld);
  Restart();
  Episode left = Reload();
  clock_.Advance(std::chrono::hours(1));
  RunTo(left, State::kClosed);
  EXPECT_THAT(disk_io_.applied(), ElementsAre(200, 100));
  EXPECT_EQ(Reload().outcome, Outcome::kRelieved);
}

// By the reverter: without its effect the symptom is back, but there is nothing to renew.
TEST_F(CrashTest, AHeldChangeThatWasUndoneMeanwhileIsNotRenewed) {
  Episode episode = Open();
  RunTo(episode, State::kApplied);
  symptom_ = 0.1;
  RunTo(episode, State::kHeld);
  ASSERT_TRUE(disk_io_.Apply({}, {{{"value", "100"}}}, {}));
  symptom_ = 1;
  clock_.Advance(std::chrono::hours(1));
  Restart();
  Episode left = Reload();
  RunTo(left, State::kClosed);
  EXPECT_EQ(disk_io_.value(), 100);
  EXPECT_EQ(left.renewals, 0);
  EXPECT_TRUE(left.changes[0].reverted);
}

TEST_F(CrashTest, AChangeCutOffDuringItsApplicationIsUndoneAndTriedOnceMore) {
  Episode episode = Open();
  RunTo(episode, State::kApplied);
  CutOff(episode);
  Episode left = Reload();
  RunTo(left, State::kApplied);
  EXPECT_THAT(disk_io_.applied(), ElementsAre(200, 100, 200));
  CutOff(left);
  left = Reload();
  RunTo(left, State::kClosed);
  EXPECT_EQ(disk_io_.value(), 100);
  EXPECT_EQ(left.reason, "interrupted");
  EXPECT_THAT(memory_.applied(), IsEmpty());
}

TEST_F(CrashTest, AnUndoingGoesOn) {
  Configure("act", "[disk_io]");
  Episode episode = Open();
  RunTo(episode, State::kApplied);
  disk_io_.fail_apply = base::Error{base::ErrorCode::kUnavailable, "away"};
  RunTo(episode, State::kReverting);
  Restart();
  disk_io_.fail_apply.reset();
  Episode left = Reload();
  RunTo(left, State::kClosed);
  EXPECT_EQ(disk_io_.value(), 100);
  EXPECT_EQ(left.outcome, Outcome::kIneffective);
}

TEST_F(CrashTest, AnIntentIsTakenUpAfresh) {
  Open();
  Restart();
  Episode left = Reload();
  EXPECT_EQ(left.state, State::kIntent);
  left.state = State::kPlanned;
  RunTo(left, State::kApplied);
  EXPECT_THAT(disk_io_.applied(), ElementsAre(200));
}

}  // namespace
}  // namespace forewarn::engine
