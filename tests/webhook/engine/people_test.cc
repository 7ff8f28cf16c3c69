// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "tests/webhook/engine/pipe_fixture.h"

// Where a person decides, and what cannot be undone.
namespace forewarn::engine {
namespace {

using journal::Approval;
using journal::Episode;
using journal::Outcome;
using journal::State;
using journal::Wish;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::StartsWith;

class PeopleTest : public PipeFixture {
 protected:
  PeopleTest() { Configure("act\n    approval: required\n    approval_timeout: 5m", "[disk_io, memory]"); }
  std::optional<base::Duration> Heed(Episode& episode, Wish wish) {
    return Pipe(*parts_, rules_).Heed(episode, wish, "ann");
  }
};

TEST_F(PeopleTest, NothingIsDoneBeforeAPersonAgrees) {
  Episode episode = Open();
  RunTo(episode, State::kWaiting);
  EXPECT_THAT(disk_io_.applied(), IsEmpty());
  EXPECT_EQ(Reload().approval, Approval::kWaiting);
  EXPECT_EQ(Reload().changes.at(0).to, R"({"value":"200"})");  // what is asked about
  Heed(episode, Wish::kApprove);
  RunTo(episode, State::kApplied);
  EXPECT_EQ(disk_io_.value(), 200);
  EXPECT_EQ(Reload().decided_by, "ann");
  EXPECT_EQ(Reload().changes.size(), 1u);
}

TEST_F(PeopleTest, WhoeverAgreesLateAgreesToWhatIsTrueThen) {
  Episode episode = Open();
  RunTo(episode, State::kWaiting);
  confidence_ = 0.1;
  Heed(episode, Wish::kApprove);
  RunTo(episode, State::kClosed);
  EXPECT_THAT(episode.reason, StartsWith("stale"));
  EXPECT_THAT(disk_io_.applied(), IsEmpty());
}

// Away for a while.
class AwayJournal : public journal::Journal {
 public:
  base::Result<std::vector<journal::Admission>> Admit(const std::vector<alerts::Alert>&, base::WallTime) override {
    return base::Error{base::ErrorCode::kUnavailable, "away"};
  }
  base::Result<void> Save(const Episode&) override { return base::Error{base::ErrorCode::kUnavailable, "away"}; }
  base::Result<std::vector<Episode>> Find(const journal::Filter&) override { return std::vector<Episode>{}; }
  std::optional<std::string> Dead() const override { return std::nullopt; }
};

TEST_F(PeopleTest, IsNotForgottenWhileTheJournalIsAway) {
  AwayJournal away;
  const Parts without{telemetry_,   away,   parts_->claims, domains_,     parts_->actuators,
                      kill_switch_, clock_, metrics_,       *memory_part_};
  Episode episode = Open();
  EXPECT_TRUE(Pipe(without, rules_).Advance(episode));  // tries again
  RunTo(episode, State::kWaiting);
  EXPECT_EQ(Reload().state, State::kWaiting);
  EXPECT_TRUE(Pipe(without, rules_).Heed(episode, Wish::kApprove, "ann"));
  RunTo(episode, State::kApplied);
  EXPECT_THAT(disk_io_.applied(), ElementsAre(200));
}

TEST_F(PeopleTest, ARefusalEndsIt) {
  Episode episode = Open();
  RunTo(episode, State::kWaiting);
  Heed(episode, Wish::kRefuse);
  EXPECT_EQ(episode.state, State::kClosed);
  EXPECT_EQ(Reload().outcome, Outcome::kRefused);
  EXPECT_THAT(Reload().reason, StartsWith("approval_refused: by ann"));
}

TEST_F(PeopleTest, NobodyInTimeIsANo) {
  Episode episode = Open();
  RunTo(episode, State::kClosed);
  EXPECT_THAT(episode.reason, StartsWith("approval_expired"));
  EXPECT_THAT(disk_io_.applied(), IsEmpty());
}

TEST_F(PeopleTest, WaitingSurvivesARestart) {
  Episode episode = Open();
  RunTo(episode, State::kWaiting);
  Restart();
  Episode again = parts_->claims.Claim().value().at(0);
  EXPECT_EQ(again.state, State::kWaiting);
  EXPECT_EQ(again.epoch, episode.epoch + 1);
  Heed(again, Wish::kApprove);
  RunTo(again, State::kApplied);
  EXPECT_THAT(disk_io_.applied(), ElementsAre(200));
}

TEST_F(PeopleTest, APersonUndoesWhatIsHeld) {
  Configure("act", "[disk_io]");
  Episode episode = Open();
  RunTo(episode, State::kApplied);
  symptom_ = 0.1;
  RunTo(episode, State::kHeld);
  Heed(episode, Wish::kRevert);
  EXPECT_EQ(episode.state, State::kClosed);
  EXPECT_THAT(disk_io_.applied(), ElementsAre(200, 100));
  EXPECT_THAT(Reload().reason, StartsWith("asked by ann"));
}

TEST_F(PeopleTest, ApprovingWhatDoesNotWaitChangesNothing) {
  Configure("act", "[disk_io]");
  Episode episode = Open();
  RunTo(episode, State::kApplied);
  Heed(episode, Wish::kApprove);
  EXPECT_EQ(episode.state, State::kApplied);
  EXPECT_THAT(disk_io_.applied(), ElementsAre(200));
}

TEST_F(PeopleTest, ALookTouchesNothingAndNamesAllThatStandAgainstIt) {
  Configure("observe\n    approval: required", "[disk_io]");
  ASSERT_TRUE(kill_switch_.Engage());
  Episode episode;
  episode.domain = "web-1";
  episode.fault = "DiskContention";
  episode.purpose = alerts::kMitigate;
  const Preview preview = Pipe(*parts_, rules_).Look(episode);
  std::vector<std::string> reasons;
  for (const guard::Refusal& refusal : preview.refusals) reasons.push_back(refusal.reason);
  EXPECT_THAT(reasons, ElementsAre("kill_switch", "dry_run", "approval_required"));
  ASSERT_EQ(preview.episode.changes.size(), 1u);
  EXPECT_EQ(preview.episode.changes[0].to, R"({"value":"200"})");
  EXPECT_THAT(disk_io_.applied(), IsEmpty());
  EXPECT_THAT(journal_->Find({}).value(), IsEmpty());
}

TEST_F(PeopleTest, TheHeldOutAreOnRecordAsControl) {
  Configure("act\n    control_ratio: 1", "[disk_io]");
  Episode episode = Open();
  RunTo(episode, State::kClosed);
  EXPECT_TRUE(Reload().control);
  EXPECT_THAT(Reload().reason, StartsWith("control"));
  EXPECT_THAT(disk_io_.applied(), IsEmpty());
}

TEST_F(PeopleTest, AShareIsHeldOut) {
  Configure("act\n    control_ratio: 0.3", "[disk_io]");
  int held_out = 0;
  for (int i = 0; i < 400; ++i) {
    Episode episode = Open();
    clock_.Advance(std::chrono::seconds(1));
    Advance(episode);
    held_out += episode.control ? 1 : 0;
    episode.state = State::kClosed;
    episode.closed = base::FromSeconds(1);
    episode.changes.clear();
    ASSERT_TRUE(journal_->Save(episode));
  }
  EXPECT_GT(held_out, 80);
  EXPECT_LT(held_out, 160);
}

}  // namespace
}  // namespace forewarn::engine
