// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "tests/webhook/experiments/trial_fixture.h"

// What bounds an experiment: in time, by the guard, by people, by the record.
namespace forewarn::experiments {
namespace {

using journal::Episode;
using journal::Phase;
using journal::Verdict;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

class LimitsTest : public TrialFixture {
 protected:
  // Until that rung is injected, where nothing has shown on those before.
  void RunToRung(Episode& episode, int rung) {
    RunToPhase(episode, Phase::kInjecting);
    while (episode.experiment->rung < rung) clock_.Advance(*Step(episode));
  }
};

TEST_F(LimitsTest, ItsTtlEndsItAndIsInTheMarker) {
  WithPolicy("[memory]", "");
  Episode episode = Start();
  RunToPhase(episode, Phase::kMitigating);
  EXPECT_EQ(domains_.last_expiry, *episode.experiment->ends);
  EXPECT_LE(domains_.last_expiry, clock_.Now() + std::chrono::minutes(1));
  clock_.Advance(std::chrono::minutes(1));
  Step(episode);
  EXPECT_EQ(episode.experiment->reason, "expired");
  EXPECT_EQ(disk_io_.value(), 100);
  EXPECT_EQ(memory_.value(), 512);
}

// Else it would be deaf for as long as telemetry may take.
TEST_F(LimitsTest, WhetherToStopIsAskedOfWhoAnswersSoon) {
  fakes::FakePromql late([this](const std::string& expr) -> base::Result<promql::Vector> {
    if (steady_) return Answer(expr);
    return base::Error{base::ErrorCode::kTimeout, "no answer within 1 s"};
  });
  parts_->watch = &late;
  Episode episode = Start();
  RunToPhase(episode, Phase::kInjecting);
  steady_ = false;
  Step(episode);
  EXPECT_THAT(episode.experiment->reason, StartsWith("telemetry_away"));
  EXPECT_EQ(disk_io_.value(), 100);
}

TEST_F(LimitsTest, EachEffectIsOnRecordBefore) {
  std::vector<std::size_t> on_record;
  disk_io_.before_apply = [&] { on_record.push_back(Reload().changes.size()); };
  Episode episode = Start();
  RunToEnd(episode);
  EXPECT_THAT(on_record, ElementsAre(1, 2, 3, 3));  // two rungs, the mitigation, the way back
}

TEST_F(LimitsTest, NoiseNeitherShowsNorEases) {
  noise_ = 0.4;  // more than what the ladder adds
  Episode unseen = Start();
  RunToEnd(unseen);
  EXPECT_EQ(unseen.experiment->reason, "not_shown");
  clock_.Advance(std::chrono::hours(24));
  noise_ = 0;
  Episode uneased = Start();
  RunToPhase(uneased, Phase::kMitigating);
  noise_ = 2;
  RunToPhase(uneased, Phase::kSettling);
  EXPECT_THAT(uneased.experiment->reason, StartsWith("ineffective"));
  noise_ = 0;
  RunToEnd(uneased);
  EXPECT_EQ(disk_io_.value(), 100);
}

TEST_F(LimitsTest, TheKillSwitchIsAskedBeforeEachEffect) {
  WithPolicy("[[disk_io, memory]]", "");
  Episode episode = Start();
  RunToRung(episode, 1);
  clock_.Advance(std::chrono::seconds(1));  // its window
  disk_io_.before_apply = [&] { ASSERT_TRUE(kill_switch_.Engage()); };
  Step(episode);
  EXPECT_EQ(episode.experiment->reason, "kill_switch");
  EXPECT_THAT(memory_.applied(), Not(Contains(1024)));
  EXPECT_EQ(disk_io_.value(), 100);
}

TEST_F(LimitsTest, APersonEndsItInEachPhase) {
  for (const Phase phase : {Phase::kAnnounced, Phase::kInjecting, Phase::kMitigating}) {
    Episode episode = Start();
    RunToPhase(episode, phase);
    Trial(*parts_, rules_, templates_).Heed(episode, journal::Wish::kRevert, "ann");
    EXPECT_EQ(episode.experiment->reason, "asked by ann");
    EXPECT_EQ(disk_io_.value(), 100);
    RunToEnd(episode);
    EXPECT_EQ(episode.experiment->verdict, Verdict::kAborted);
    clock_.Advance(std::chrono::hours(24));
  }
}

TEST_F(LimitsTest, TheGuardIsAskedAboutWhomItIsDoneTo) {
  Allow("web-1");
  Episode refused = Start();
  RunToEnd(refused);
  EXPECT_THAT(refused.reason, StartsWith("allow_list"));
  EXPECT_THAT(disk_io_.applied(), IsEmpty());
  Allow("web-2");
  Episode episode = Start();
  RunToEnd(episode);
  EXPECT_EQ(episode.experiment->verdict, Verdict::kPassed) << episode.reason;
}

TEST_F(LimitsTest, TheGuardIsAskedAgainBeforeTheInjection) {
  Episode episode = Start();
  RunToPhase(episode, Phase::kAnnounced);
  Allow("web-1");
  Step(episode);
  EXPECT_THAT(episode.experiment->reason, StartsWith("allow_list"));
  EXPECT_THAT(disk_io_.applied(), IsEmpty());
}

TEST_F(LimitsTest, AtMostSoManyRunAtOnce) {
  Episode episode = Start();
  RunToPhase(episode, Phase::kInjecting);
  alerts::Alert other = AlertFor("web-5");
  other.purpose = "experiment";
  other.fingerprint = "request:1";
  Episode second = journal_->Admit({other}, clock_.Now()).value().at(0).episode;
  Step(second);
  EXPECT_THAT(second.reason, StartsWith("crowded"));
  RunToPhase(episode, Phase::kCooling);
  RunToPhase(second, Phase::kAnnounced);
}

TEST_F(LimitsTest, WhatInjectsLearnsNothing) {
  WithPolicy("[memory, disk_io]", "");
  Episode episode = Start();
  RunToEnd(episode);
  EXPECT_EQ(episode.experiment->verdict, Verdict::kFailed) << episode.reason;
  EXPECT_LT(parts_->memory.experience.Success("DiskContention", "memory").mean, 0.5);
  EXPECT_EQ(parts_->memory.experience.Success("DiskContention", "disk_io").mean, 0.5);
  for (const journal::Change& change : episode.changes) {
    EXPECT_EQ(change.outcome == journal::Outcome::kNone, change.injection) << change.actuator;
  }
}

TEST_F(LimitsTest, NoSymptomAtAllDoesNotShow) {
  sensitive_ = false;
  flat_ = 0;
  Episode episode = Start();
  RunToEnd(episode);
  EXPECT_EQ(episode.experiment->reason, "not_shown");
}

TEST_F(LimitsTest, TheMarkOutlastsTheInjectionByTheCoolDown) {
  Episode episode = Start();
  RunToPhase(episode, Phase::kCooling);
  Step(episode);
  EXPECT_EQ(disk_io_.value(), 100);
  EXPECT_EQ(Series("forewarn_injection_active", "web-2"), 0);
  EXPECT_EQ(Series("forewarn_experiment_active", "web-2"), 1);
  clock_.Advance(std::chrono::seconds(30));
  Step(episode);
  EXPECT_EQ(Series("forewarn_experiment_active", "web-2"), 0);
}

TEST_F(LimitsTest, AnUndoingThatFailedIsTriedAgain) {
  Episode episode = Start();
  RunToPhase(episode, Phase::kInjecting);
  stop_ = true;
  disk_io_.fail_apply = base::Error{base::ErrorCode::kUnavailable, "away"};
  Step(episode);
  EXPECT_EQ(episode.experiment->phase, Phase::kReverting);
  EXPECT_EQ(disk_io_.value(), 90);
  Step(episode);
  EXPECT_EQ(episode.experiment->phase, Phase::kSettling);
  EXPECT_EQ(disk_io_.value(), 100);
}

TEST_F(LimitsTest, WhatCannotBeUndoneIsNotTried) {
  WithPolicy("[reset]", "    allow_final: true\n");
  Episode episode = Start();
  RunToEnd(episode);
  EXPECT_THAT(episode.reason, StartsWith("nothing_to_try"));
  EXPECT_THAT(disk_io_.applied(), IsEmpty());
}

}  // namespace
}  // namespace forewarn::experiments
