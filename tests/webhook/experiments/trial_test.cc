// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "tests/webhook/experiments/trial_fixture.h"

namespace forewarn::experiments {
namespace {

using journal::Episode;
using journal::Outcome;
using journal::Phase;
using journal::State;
using journal::Verdict;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::StartsWith;

class TrialTest : public TrialFixture {
 protected:
  void ExpectUntouched() {
    EXPECT_EQ(disk_io_.value(), 100);
    EXPECT_EQ(memory_.value(), 512);
    EXPECT_THAT(domains_.there, IsEmpty());
    EXPECT_EQ(Series("forewarn_experiment_active", "web-2"), 0);
    EXPECT_EQ(Series("forewarn_injection_active", "web-2"), 0);
  }
};

TEST_F(TrialTest, AMitigationThatHelpsPasses) {
  Episode episode = Start();
  RunToPhase(episode, Phase::kMitigating);
  EXPECT_EQ(episode.experiment->target.domain, "web-2");
  EXPECT_EQ(Series("forewarn_injection_active", "web-2"), 1);
  EXPECT_EQ(Series("forewarn_experiment_active", "web-2"), 1);
  EXPECT_EQ(Series("forewarn_experiment_active", "web-9"), 1);  // a neighbour
  EXPECT_EQ(Series("forewarn_experiment_active", "web-1"), 0);  // whom it is for
  RunToEnd(episode);
  const auto& trial = *episode.experiment;
  EXPECT_EQ(trial.verdict, Verdict::kPassed) << trial.reason;
  EXPECT_EQ(episode.outcome, Outcome::kRelieved);
  ExpectUntouched();
  EXPECT_GT(parts_->memory.experience.Success("DiskContention", "disk_io").mean, 0.6);
}

// By 20, 40 and 60 % of the predicted severity; the first that shows.
TEST_F(TrialTest, TheMildestInjectionThatShowsIsTaken) {
  Episode episode = Start();
  RunToPhase(episode, Phase::kMitigating);
  EXPECT_THAT(disk_io_.applied(), ElementsAre(90, 80, 160));  // by 0.1 and 0.2 of what it was; then relieved
  EXPECT_EQ(episode.experiment->rung, 1);
  EXPECT_DOUBLE_EQ(episode.experiment->injected, 0.2);
  // Whatever lies over it, what everything goes back to is on the domain.
  EXPECT_THAT(domains_.marks, ElementsAre("+disk_io {\"value\":\"100\"}", "+disk_io {\"value\":\"100\"}",
                                          "+disk_io {\"value\":\"100\"}"));
  RunToEnd(episode);
  EXPECT_THAT(disk_io_.applied(), ElementsAre(90, 80, 160, 100));
}

TEST_F(TrialTest, AMitigationThatDoesNotHelpFailsAndTheNextIsTried) {
  WithPolicy("[memory, disk_io]", "");
  Episode episode = Start();
  RunToEnd(episode);
  EXPECT_EQ(episode.experiment->verdict, Verdict::kFailed) << episode.reason;
  EXPECT_THAT(episode.experiment->mitigation, ElementsAre("memory"));
  ExpectUntouched();
  Episode second = Start();
  RunToEnd(second);
  EXPECT_THAT(second.experiment->mitigation, ElementsAre("disk_io"));
  EXPECT_EQ(second.experiment->verdict, Verdict::kPassed);
  // And a mitigation begins with what has passed.
  Episode real = Start("mitigate");
  RunTo(real, State::kApplied);
  EXPECT_EQ(real.changes.at(0).actuator, "disk_io");
}

TEST_F(TrialTest, WhatNeverShowsProvesNothing) {
  sensitive_ = false;
  Episode episode = Start();
  RunToEnd(episode);
  EXPECT_EQ(episode.experiment->verdict, Verdict::kInconclusive);
  EXPECT_EQ(episode.experiment->reason, "not_shown");
  EXPECT_THAT(disk_io_.applied(), ElementsAre(90, 80, 70, 100));
  ExpectUntouched();
  EXPECT_EQ(parts_->memory.experience.Success("DiskContention", "disk_io").mean, 0.5);
}

TEST_F(TrialTest, WhatIsSaidOfAWindowWaitsForIt) {
  WithTemplates("    ladder: [0.6]\n");  // shows at once
  Episode episode = Start();
  RunToPhase(episode, Phase::kInjecting);
  const base::WallTime injected = clock_.Now();
  RunToPhase(episode, Phase::kMitigating);
  EXPECT_GE(clock_.Now() - injected, std::chrono::seconds(1));
  const base::WallTime mitigated = clock_.Now();
  RunToPhase(episode, Phase::kSettling);
  EXPECT_GE(clock_.Now() - mitigated, std::chrono::seconds(1));
}

TEST_F(TrialTest, NothingIsInjectedBeforeEverybodyCanSeeThatItIsUs) {
  visible_ = false;
  Episode episode = Start();
  RunToEnd(episode);
  EXPECT_EQ(episode.experiment->reason, "mark_not_visible");
  EXPECT_THAT(disk_io_.applied(), IsEmpty());
  ExpectUntouched();
}

TEST_F(TrialTest, AStopConditionEndsItInEachPhase) {
  for (const Phase phase : {Phase::kAnnounced, Phase::kInjecting, Phase::kMitigating}) {
    stop_ = false;
    Episode episode = Start();
    RunToPhase(episode, phase);
    stop_ = true;
    ASSERT_TRUE(Step(episode));
    EXPECT_EQ(episode.experiment->phase, Phase::kSettling);
    EXPECT_THAT(episode.experiment->reason, StartsWith("stop_condition: stop"));
    EXPECT_EQ(disk_io_.value(), 100);
    RunToEnd(episode);
    EXPECT_EQ(episode.experiment->verdict, Verdict::kAborted);
    ExpectUntouched();
    clock_.Advance(std::chrono::hours(24));  // past min_interval
  }
}

TEST_F(TrialTest, TheKillSwitchAndLostTelemetryEndIt) {
  Episode episode = Start();
  RunToPhase(episode, Phase::kInjecting);
  telemetry_down_ = true;
  Step(episode);
  EXPECT_THAT(episode.experiment->reason, StartsWith("telemetry_away"));
  telemetry_down_ = false;
  RunToEnd(episode);
  clock_.Advance(std::chrono::hours(24));
  Episode second = Start();
  RunToPhase(second, Phase::kMitigating);
  ASSERT_TRUE(kill_switch_.Engage());
  Step(second);
  EXPECT_EQ(second.experiment->reason, "kill_switch");
  RunToEnd(second);
  ExpectUntouched();
}

TEST_F(TrialTest, ATargetThatLeavesOrRestartsEndsIt) {
  Episode episode = Start();
  RunToPhase(episode, Phase::kInjecting);
  domains_.there.clear();  // as after a restart
  Step(episode);
  EXPECT_THAT(episode.experiment->reason, StartsWith("target_changed"));
  RunToEnd(episode);
  clock_.Advance(std::chrono::hours(24));
  Episode second = Start();
  RunToPhase(second, Phase::kInjecting);
  domains_.fail = base::Error{base::ErrorCode::kNotFound, "no such domain"};
  Step(second);
  EXPECT_THAT(second.experiment->reason, StartsWith("target_gone"));
}

TEST_F(TrialTest, NobodyIsRelievedByHavingGone) {
  Episode episode = Start();
  RunToPhase(episode, Phase::kMitigating);
  as_measured_ = [&] { domains_.fail = base::Error{base::ErrorCode::kNotFound, "no such domain"}; };
  Step(episode);
  EXPECT_EQ(episode.experiment->verdict, journal::Verdict::kAborted);
  EXPECT_THAT(episode.experiment->reason, StartsWith("target_gone"));
}

TEST_F(TrialTest, WhatIsNotLikelyToComeSaysNothingOfItsSeverity) {
  WithTemplates("    severity: 0.9\n");
  Episode foretold = Start();
  RunToPhase(foretold, Phase::kInjecting);
  EXPECT_EQ(foretold.experiment->predicted, 0.5);  // as predicted
  RunToEnd(foretold);
  clock_.Advance(std::chrono::hours(24));
  confidence_ = 0.1;
  value_ = 0.9;  // it would teach much
  Episode unlikely = Start();
  RunToPhase(unlikely, Phase::kInjecting);
  EXPECT_EQ(unlikely.experiment->predicted, 0.9);
}

TEST_F(TrialTest, WhatAnotherProcessBeganIsUndone) {
  for (const Phase phase : {Phase::kAnnounced, Phase::kInjecting, Phase::kMitigating}) {
    Episode episode = Start();
    RunToPhase(episode, phase);
    Revive();
    Episode left = journal_->Find({}).value().at(0);
    left.epoch += 1;
    Step(left);
    EXPECT_EQ(left.experiment->reason, "interrupted");
    EXPECT_EQ(disk_io_.value(), 100);
    left.epoch -= 1;  // the journal's
    RunToEnd(left);
    ExpectUntouched();
    clock_.Advance(std::chrono::hours(24));
  }
}

TEST_F(TrialTest, AtTheEndOfTheProcessAllIsUndone) {
  Episode episode = Start();
  RunToPhase(episode, Phase::kInjecting);
  EXPECT_TRUE(Trial(*parts_, rules_, templates_).Leave(episode));
  EXPECT_EQ(disk_io_.value(), 100);
  EXPECT_THAT(domains_.there, IsEmpty());
}

TEST_F(TrialTest, OfOneTargetAtMostOneExperimentRuns) {
  Episode episode = Start();
  RunToPhase(episode, Phase::kInjecting);
  alerts::Alert other = AlertFor("web-4");
  other.purpose = "experiment";
  Episode second = journal_->Admit({other}, clock_.Now()).value().at(0).episode;
  second.fingerprint = "request:1";
  Step(second);
  EXPECT_THAT(second.reason, StartsWith("no_target"));  // the configuration names none
  Episode same = second;
  same.domain = "web-1";
  same.fault = "DiskContention";
  same.id = 0;
  EXPECT_EQ(journal_
                ->Admit({[&] {
                          alerts::Alert alert = AlertFor("web-1");
                          alert.purpose = "experiment";
                          return alert;
                        }()},
                        clock_.Now())
                ->at(0)
                .what,
            journal::Admitted::kDuplicate);
}

TEST_F(TrialTest, TheSameIsNotRepeatedWithinItsInterval) {
  WithPolicy("[disk_io]", "");
  Episode episode = Start();
  RunToEnd(episode);
  Episode again = Start();
  RunToEnd(again);
  EXPECT_THAT(again.reason, StartsWith("repeated"));
  EXPECT_EQ(again.outcome, Outcome::kRefused);
}

TEST_F(TrialTest, AnUnsteadyTargetIsLeftAlone) {
  steady_ = false;
  Episode episode = Start();
  RunToEnd(episode);
  EXPECT_THAT(episode.reason, StartsWith("not_steady"));
  EXPECT_THAT(disk_io_.applied(), IsEmpty());
}

TEST_F(TrialTest, ATargetThatDoesNotRecoverIsAFailureAndAPage) {
  Episode episode = Start();
  RunToPhase(episode, Phase::kMitigating);
  steady_ = false;
  RunToEnd(episode);
  EXPECT_EQ(episode.experiment->verdict, Verdict::kFailed);
  EXPECT_THAT(episode.experiment->reason, StartsWith("not_recovered"));
}

TEST_F(TrialTest, WithoutConfidenceOrValueItIsStale) {
  confidence_ = 0.5;
  Episode episode = Start();
  RunToEnd(episode);
  EXPECT_THAT(episode.reason, StartsWith("stale"));
  value_ = 0.9;  // it would teach much
  Episode second = Start();
  RunToEnd(second);
  EXPECT_EQ(second.experiment->verdict, Verdict::kPassed) << second.reason;
}

TEST_F(TrialTest, APolicyMayRequireAProof) {
  WithPolicy("[disk_io]", "    require_experiment: true\n");
  Episode unproven = Start("mitigate");
  for (int i = 0; i < 100 && unproven.state != State::kClosed; ++i) {
    if (auto next = Advance(unproven)) clock_.Advance(*next);
  }
  EXPECT_THAT(unproven.reason, StartsWith("unproven"));
  Episode episode = Start();
  RunToEnd(episode);
  Episode proven = Start("mitigate");
  RunTo(proven, State::kApplied);
  EXPECT_EQ(disk_io_.value(), 200);
}

TEST_F(TrialTest, AMitigationWaitsForTheVerdict) {
  Episode episode = Start();
  RunToPhase(episode, Phase::kInjecting);
  Episode real = Start("mitigate");
  Advance(real);
  EXPECT_THAT(real.reason, StartsWith("experiment_running"));
  RunToPhase(episode, Phase::kCooling);
  RunTo(real, State::kApplied);
}

TEST_F(TrialTest, AnExperimentOnTheDomainItselfMakesWayForItsMitigation) {
  WithTemplates("    on: [self]\n");
  Episode episode = Start();
  RunToPhase(episode, Phase::kInjecting);
  EXPECT_EQ(episode.experiment->target.domain, "web-1");
  expected_ = clock_.Now() + std::chrono::seconds(10);
  Episode real = Start("mitigate");
  Advance(real);
  EXPECT_THAT(real.reason, StartsWith("experiment_running"));
  EXPECT_EQ(journal_->Find({}).value().at(1).wish, journal::Wish::kRevert);
  Trial(*parts_, rules_, templates_).Heed(episode, journal::Wish::kRevert, "the mitigation that is due");
  EXPECT_EQ(disk_io_.value(), 100);
  RunToPhase(episode, Phase::kCooling);
  RunTo(real, State::kApplied);
}

// Whose canary it is doesn't wait for a verdict that would come too late.
TEST_F(TrialTest, AMitigationThatIsUrgentDoesNotWait) {
  Episode episode = Start();
  RunToPhase(episode, Phase::kInjecting);
  disk_io_.relief = 2;
  expected_ = clock_.Now() + std::chrono::seconds(10);
  Episode real = Start("mitigate");
  RunTo(real, State::kApplied);
}

TEST_F(TrialTest, ALookTouchesNothing) {
  Episode episode;
  episode.domain = "web-1";
  episode.fault = "DiskContention";
  episode.purpose = "experiment";
  episode.fingerprint = "request:x";
  const auto preview = Trial(*parts_, rules_, templates_).Look(episode);
  EXPECT_THAT(preview.refusals, IsEmpty());
  EXPECT_EQ(preview.episode.experiment->target.domain, "web-2");
  ASSERT_EQ(preview.episode.changes.size(), 2u);
  EXPECT_TRUE(preview.episode.changes[0].injection);
  EXPECT_THAT(disk_io_.applied(), IsEmpty());
  EXPECT_THAT(journal_->Find({}).value(), IsEmpty());
}

}  // namespace
}  // namespace forewarn::experiments
