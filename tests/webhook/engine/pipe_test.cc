// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "tests/webhook/engine/pipe_fixture.h"
#include "webhook/engine/telemetry.h"

namespace forewarn::engine {
namespace {

using journal::Episode;
using journal::Outcome;
using journal::State;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

using PipeTest = PipeFixture;

TEST_F(PipeTest, ReliefIsVerifiedHeldAndThenUndone) {
  Episode episode = Open();
  RunTo(episode, State::kApplied);
  EXPECT_EQ(disk_io_.value(), 200);
  EXPECT_THAT(domains_.marks, ElementsAre(R"(+disk_io {"value":"100"})"));
  symptom_ = 0.5;
  RunTo(episode, State::kHeld);
  EXPECT_EQ(episode.outcome, Outcome::kRelieved);
  RunTo(episode, State::kClosed);
  EXPECT_THAT(disk_io_.applied(), ElementsAre(200, 100));
  EXPECT_THAT(domains_.marks, ElementsAre(R"(+disk_io {"value":"100"})", "-disk_io"));
  const Episode recorded = Reload();
  EXPECT_EQ(recorded.outcome, Outcome::kRelieved);
  ASSERT_EQ(recorded.changes.size(), 1u);
  EXPECT_EQ(recorded.changes[0].from, R"({"value":"100"})");
  EXPECT_EQ(recorded.changes[0].to, R"({"value":"200"})");
  EXPECT_LE(*recorded.changes[0].intended, *recorded.changes[0].applied);
  EXPECT_LE(*recorded.changes[0].applied, *recorded.changes[0].verified);
  EXPECT_LT(*recorded.changes[0].verified, *recorded.changes[0].reverted);
  EXPECT_DOUBLE_EQ(recorded.prediction->confidence, 0.9);
  EXPECT_DOUBLE_EQ(recorded.prediction->evidence.at("disk_latency"), 1.5);
}

TEST_F(PipeTest, WhatDoesNotHelpIsUndoneAndTheNextStepTried) {
  Episode episode = Open();
  RunTo(episode, State::kApplied);
  RunFor(episode, std::chrono::seconds(11));
  EXPECT_THAT(disk_io_.applied(), ElementsAre(200, 100));
  EXPECT_EQ(memory_.value(), 1024);
  symptom_ = 0.1;
  RunTo(episode, State::kHeld);
  ASSERT_EQ(episode.changes.size(), 2u);
  EXPECT_EQ(episode.changes[0].outcome, Outcome::kIneffective);
  EXPECT_EQ(episode.changes[1].outcome, Outcome::kRelieved);
}

TEST_F(PipeTest, WithoutAStepThatHelpsEverythingIsAsItWas) {
  Episode episode = Open();
  RunTo(episode, State::kClosed);
  EXPECT_EQ(episode.outcome, Outcome::kIneffective);
  EXPECT_EQ(disk_io_.value(), 100);
  EXPECT_EQ(memory_.value(), 512);
}

TEST_F(PipeTest, WhatMakesItWorseIsUndoneBeforeTheDeadline) {
  Configure("act", "[disk_io]");
  Episode episode = Open();
  RunTo(episode, State::kApplied);
  symptom_ = 2.0;
  RunFor(episode, std::chrono::seconds(6));
  EXPECT_EQ(disk_io_.value(), 100);
  EXPECT_EQ(episode.changes.at(0).outcome, Outcome::kHarmful);
}

TEST_F(PipeTest, UnverifiableIsUndoneAndNothingElseTried) {
  Episode episode = Open();
  RunTo(episode, State::kApplied);
  telemetry_down_ = true;
  RunTo(episode, State::kClosed);
  EXPECT_EQ(episode.outcome, Outcome::kUnverifiable);
  EXPECT_EQ(disk_io_.value(), 100);
  EXPECT_THAT(memory_.applied(), IsEmpty());
}

TEST_F(PipeTest, NothingIsDoneWithoutTelemetryOrConfidence) {
  for (const double confidence : {0.6, std::nan("")}) {
    confidence_ = confidence;
    Episode episode = Open();
    RunTo(episode, State::kClosed);
    EXPECT_THAT(episode.reason, StartsWith("stale"));
  }
  confidence_ = 0.9;
  telemetry_down_ = true;
  Episode episode = Open();
  RunTo(episode, State::kClosed);
  EXPECT_THAT(episode.reason, StartsWith("stale"));
  telemetry_down_ = false;
  symptom_ = std::nullopt;
  episode = Open();
  RunTo(episode, State::kClosed);
  EXPECT_THAT(episode.reason, StartsWith("no_symptom"));
  EXPECT_THAT(disk_io_.applied(), IsEmpty());
  EXPECT_THAT(domains_.marks, IsEmpty());
}

TEST_F(PipeTest, ObservingRecordsWhatWouldBeDone) {
  Configure("observe", "[disk_io]");
  Episode episode = Open();
  RunTo(episode, State::kClosed);
  EXPECT_EQ(episode.outcome, Outcome::kRefused);
  ASSERT_EQ(episode.changes.size(), 1u);
  EXPECT_EQ(episode.changes[0].to, R"({"value":"200"})");
  EXPECT_THAT(episode.changes[0].reason, StartsWith("dry_run"));
  EXPECT_THAT(disk_io_.applied(), IsEmpty());
}

TEST_F(PipeTest, AStepWithNothingToChangeIsSkippedAndRecorded) {
  disk_io_.fail_propose = base::Error{base::ErrorCode::kUnsupported, "no_limit_to_raise: nothing is set"};
  Episode episode = Open();
  RunTo(episode, State::kApplied);
  ASSERT_EQ(episode.changes.size(), 2u);
  EXPECT_THAT(episode.changes[0].reason, StartsWith("no_limit_to_raise"));
  EXPECT_EQ(memory_.value(), 1024);
  memory_.fail_propose = disk_io_.fail_propose;
}

TEST_F(PipeTest, AStepOfSeveralSettingsIsUndoneInReverse) {
  Configure("act", "[[disk_io, memory]]");
  Episode episode = Open();
  RunTo(episode, State::kClosed);
  EXPECT_EQ(disk_io_.value(), 100);
  EXPECT_EQ(memory_.value(), 512);
  EXPECT_THAT(domains_.marks, ElementsAre(HasSubstr("+disk_io"), HasSubstr("+memory"), "-memory", "-disk_io"));
}

TEST_F(PipeTest, AFailedApplicationIsUndoneAndTheNextStepTried) {
  disk_io_.fail_apply = base::Error{base::ErrorCode::kTimeout, "no answer"};
  Episode episode = Open();
  RunTo(episode, State::kApplied);
  EXPECT_THAT(disk_io_.applied(), ElementsAre(100));  // whether it took effect was unknown
  EXPECT_EQ(memory_.value(), 1024);
  EXPECT_EQ(episode.changes[0].outcome, Outcome::kUnverifiable);
}

TEST_F(PipeTest, UndoingIsTriedUntilItSucceeds) {
  Configure("act", "[disk_io]");
  Episode episode = Open();
  RunTo(episode, State::kApplied);
  disk_io_.fail_apply = base::Error{base::ErrorCode::kUnavailable, "libvirtd is away"};
  disk_io_.fail_always = true;
  RunFor(episode, std::chrono::minutes(2));
  EXPECT_EQ(episode.state, State::kReverting);
  EXPECT_EQ(Reload().state, State::kReverting);
  disk_io_.fail_apply.reset();
  RunTo(episode, State::kClosed);
  EXPECT_EQ(disk_io_.value(), 100);
}

TEST_F(PipeTest, NothingIsUndoneBeforeItsMarkerIsGone) {
  Episode episode = Open();
  RunTo(episode, State::kApplied);
  domains_.fail_unmark = base::Error{base::ErrorCode::kUnavailable, "no answer"};
  symptom_ = 0.1;
  RunTo(episode, State::kReverting);
  EXPECT_FALSE(episode.changes.at(0).reverted);
  RunTo(episode, State::kClosed);
  EXPECT_THAT(domains_.marks, ElementsAre(R"(+disk_io {"value":"100"})", "-disk_io"));
}

TEST_F(PipeTest, AHypervisorThatComesBackInTimeIsWaitedFor) {
  domains_.fail = base::Error{base::ErrorCode::kUnavailable, "libvirtd is away"};
  Episode episode = Open();
  RunFor(episode, std::chrono::seconds(30));
  EXPECT_NE(episode.state, State::kClosed);
  domains_.fail.reset();
  RunTo(episode, State::kApplied);
  EXPECT_THAT(disk_io_.applied(), ElementsAre(200));
}

TEST_F(PipeTest, AGoneTargetIsRefused) {
  domains_.fail = base::Error{base::ErrorCode::kNotFound, "no such domain"};
  Episode episode = Open();
  RunTo(episode, State::kClosed);
  EXPECT_THAT(episode.reason, StartsWith("target_unresolved"));
}

TEST_F(PipeTest, ANamesakeIsNotTheSameDomain) {
  Episode episode = Open();
  RunTo(episode, State::kApplied);
  domains_.uuid = "another";
  RunTo(episode, State::kClosed);
  EXPECT_THAT(memory_.applied(), IsEmpty());
}

TEST_F(PipeTest, TheKillSwitchUndoesWhatIsInForce) {
  for (const State state : {State::kApplied, State::kHeld}) {
    Episode episode = Open();
    RunTo(episode, State::kApplied);
    symptom_ = 0.1;
    RunTo(episode, state);
    ASSERT_TRUE(kill_switch_.Engage());
    RunTo(episode, State::kClosed);
    EXPECT_EQ(disk_io_.value(), 100);
    EXPECT_THAT(episode.reason, StartsWith("kill_switch"));
    ASSERT_TRUE(kill_switch_.Disengage());
    clock_.Advance(std::chrono::minutes(10));
    symptom_ = 1;
  }
}

TEST_F(PipeTest, WithoutHeadroomItIsRenewedAndThenAPersonPaged) {
  Configure("act", "[disk_io]");
  Episode episode = Open();
  RunTo(episode, State::kApplied);
  symptom_ = 0.5;
  RunTo(episode, State::kHeld);
  symptom_ = 0.9;  // below what it was, but not relieved
  RunFor(episode, std::chrono::minutes(5));
  EXPECT_EQ(episode.state, State::kHeld);
  EXPECT_GE(episode.renewals, 2);
  EXPECT_EQ(disk_io_.value(), 200);
  symptom_ = 0.5;
  RunTo(episode, State::kClosed);
  EXPECT_EQ(disk_io_.value(), 100);
  EXPECT_EQ(episode.outcome, Outcome::kRelieved);
}

TEST_F(PipeTest, ARelapseTakesTheNextStepBesideTheFirst) {
  Episode episode = Open();
  RunTo(episode, State::kApplied);
  symptom_ = 0.5;
  RunTo(episode, State::kHeld);
  clock_.Advance(std::chrono::seconds(10));
  symptom_ = 1.2;
  RunTo(episode, State::kApplied);
  EXPECT_EQ(disk_io_.value(), 200);
  EXPECT_EQ(memory_.value(), 1024);
  RunTo(episode, State::kHeld);  // the second doesn't help: only it is undone
  EXPECT_EQ(memory_.value(), 512);
  EXPECT_EQ(disk_io_.value(), 200);
  symptom_ = 0.1;
  RunTo(episode, State::kClosed);
  EXPECT_EQ(disk_io_.value(), 100);
}

TEST_F(PipeTest, TwoEpisodesNeverChangeTheSameSetting) {
  Episode first = Open();
  RunTo(first, State::kApplied);
  alerts::Alert other = AlertFor("web-1");
  other.fault = "MemoryLeak";
  Episode second = journal_->Admit({other}, clock_.Now()).value().at(0).episode;
  second.prediction = first.prediction;
  second.prediction->sampled = clock_.Now();
  second.fault = "DiskContention";  // the same policy
  second.state = State::kIntent;
  RunTo(second, State::kClosed);
  EXPECT_THAT(second.reason, StartsWith("overlap"));
  EXPECT_THAT(disk_io_.applied(), ElementsAre(200));
}

TEST_F(PipeTest, CoolsDownAfterAnEffect) {
  Configure("act", "[disk_io]");
  Episode episode = Open();
  RunTo(episode, State::kClosed);
  Episode next = Open();
  RunTo(next, State::kClosed);
  EXPECT_THAT(next.reason, StartsWith("cool_down"));
  clock_.Advance(std::chrono::minutes(6));
  Episode later = Open();
  RunTo(later, State::kApplied);
}

TEST_F(PipeTest, ExperimentsAreRefused) {
  Episode episode = Open();
  episode.purpose = alerts::kExperiment;
  RunTo(episode, State::kClosed);
  EXPECT_THAT(episode.reason, StartsWith("experiment"));
}

// Everything is ours until then, or another's.
class FakeLease : public journal::Claims {
 public:
  explicit FakeLease(base::Result<base::SteadyTime> until) : until_(std::move(until)) {}
  base::Result<std::vector<Episode>> Claim() override { return std::vector<Episode>(); }
  base::Result<base::SteadyTime> Check(const Episode&) override { return until_; }
  base::Result<void> Ask(std::int64_t, journal::Wish, const std::string&) override { return {}; }

 private:
  const base::Result<base::SteadyTime> until_;
};

TEST_F(PipeTest, NothingIsMarkedOnceItMayBeAnothers) {
  FakeLease lease(base::Deadline::After(std::chrono::seconds(1), clock_).at);
  const Parts parts{telemetry_,   *journal_, lease,    domains_,     parts_->actuators,
                    kill_switch_, clock_,    metrics_, *memory_part_};
  Episode episode = Open();
  Pipe(parts, rules_).Advance(episode);
  EXPECT_THAT(domains_.marks, ElementsAre(R"(+disk_io {"value":"100"})"));
  EXPECT_EQ(domains_.last_deadline.at, base::Deadline::After(std::chrono::seconds(1), clock_).at);
}

TEST_F(PipeTest, WhatIsHeldIsLetGoOnceItIsAnothers) {
  Episode episode = Open();
  RunTo(episode, State::kApplied);
  symptom_ = 0.5;
  RunTo(episode, State::kHeld);
  FakeLease lease(base::Error{base::ErrorCode::kConflict, "fenced: it is another's"});
  const Parts parts{telemetry_,   *journal_, lease,    domains_,     parts_->actuators,
                    kill_switch_, clock_,    metrics_, *memory_part_};
  EXPECT_EQ(Pipe(parts, rules_).Advance(episode), std::nullopt);
  EXPECT_EQ(disk_io_.value(), 200);
}

TEST(PredictionQuery, NamesCannotLeaveTheSelector) {
  const std::string query = PredictionQuery({"web-1", "a.b+c", "x\"} or up{a=\""});
  EXPECT_THAT(query, HasSubstr("web-1|a[.]b[+]c|"));
  EXPECT_EQ(query.find("x\"}"), std::string::npos);
}

}  // namespace
}  // namespace forewarn::engine
