// SPDX-License-Identifier: Apache-2.0
#include "webhook/journal/journal.h"

#include <gtest/gtest.h>

#include "tests/webhook/journal/stores.h"

namespace forewarn::journal {
namespace {

// The contract of every journal; another store adds its way to (re)open.
class JournalTest : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    if (GetParam() == std::string("postgres")) {
      auto server = Server();
      if (!server) GTEST_SKIP() << server.error().message;
      options_.conninfo = (*server)->conninfo();
    }
    Reopen();
  }
  void Reopen() {
    journal_.reset();
    auto opened = options_.conninfo.empty() ? OpenSqlite(directory_.File("journal.db")) : OpenPostgres(options_);
    ASSERT_TRUE(opened) << opened.error().message;
    journal_ = std::move(*opened);
  }
  Admission AdmitOne(const alerts::Alert& alert) { return journal::AdmitOne(*journal_, alert); }
  Episode Only() {
    auto found = journal_->Find({});
    EXPECT_TRUE(found);
    EXPECT_EQ(found->size(), 1u);
    return found->at(0);
  }

  fakes::TempDir directory_;
  PostgresOptions options_;
  std::unique_ptr<Store> journal_;
};

TEST_P(JournalTest, OpensOneEpisodeHoweverOftenTheAlertComes) {
  auto admitted = journal_->Admit({AlertFor("web-1"), AlertFor("web-1"), AlertFor("web-2")}, kNow);
  ASSERT_TRUE(admitted);
  EXPECT_EQ(admitted->at(0).what, Admitted::kOpened);
  EXPECT_EQ(admitted->at(1).what, Admitted::kDuplicate);
  EXPECT_EQ(admitted->at(2).what, Admitted::kOpened);
  EXPECT_NE(admitted->at(0).episode.id, admitted->at(2).episode.id);
  Reopen();
  EXPECT_EQ(AdmitOne(AlertFor("web-1")).what, Admitted::kDuplicate);
  // A second replica's other start doesn't make it another episode.
  EXPECT_EQ(AdmitOne(AlertFor("web-1", alerts::Status::kFiring, std::chrono::seconds(-5))).what, Admitted::kDuplicate);
  EXPECT_EQ(journal_->Find({})->size(), 2u);
}

TEST_P(JournalTest, AClosedEpisodeMakesPlaceForTheNext) {
  Episode episode = AdmitOne(AlertFor("web-1")).episode;
  episode.state = State::kClosed;
  episode.closed = kNow;
  ASSERT_TRUE(journal_->Save(episode));
  EXPECT_EQ(AdmitOne(AlertFor("web-1")).what, Admitted::kOpened);
}

TEST_P(JournalTest, AFiringThatItsResolvedOvertookOpensNothing) {
  EXPECT_EQ(AdmitOne(AlertFor("web-1", alerts::Status::kResolved)).what, Admitted::kResolved);
  EXPECT_EQ(AdmitOne(AlertFor("web-1")).what, Admitted::kLate);
  // A flap begins anew, later.
  EXPECT_EQ(AdmitOne(AlertFor("web-1", alerts::Status::kFiring, std::chrono::seconds(1))).what, Admitted::kOpened);
}

TEST_P(JournalTest, EverythingSurvivesAReopening) {
  Episode episode = AdmitOne(AlertFor("web-1")).episode;
  episode.uuid = "u1";
  episode.hypervisor = "host1";
  episode.prediction = Prediction{0.9, 0.4, 0.7, kNow, kNow, {{"disk_latency", 1.25}}};
  episode.state = State::kHeld;
  episode.step = 1;
  episode.baseline = 0.5;
  episode.deadline = kNow;
  episode.expiry = kNow;
  episode.renewals = 2;
  episode.outcome = Outcome::kRelieved;
  episode.reason = "symptom 0.5 → 0.1";
  episode.changes = {{0,
                      "disk_io",
                      {"web-2", "u2", "host2"},
                      "{}",
                      R"({"a":"1"})",
                      Outcome::kIneffective,
                      "why",
                      kNow,
                      kNow,
                      {},
                      kNow},
                     {1, "memory", {}, "{}", "{}", Outcome::kRelieved, "", kNow, {}, kNow, {}}};
  ASSERT_TRUE(journal_->Save(episode));
  Reopen();
  const Episode read = Only();
  EXPECT_EQ(read.prediction, episode.prediction);
  EXPECT_EQ(read.state, State::kHeld);
  EXPECT_EQ(read.baseline, 0.5);
  EXPECT_EQ(read.deadline, episode.deadline);
  EXPECT_EQ(read.expiry, episode.expiry);
  EXPECT_FALSE(read.closed);
  EXPECT_EQ(read.renewals, 2);
  EXPECT_EQ(read.outcome, Outcome::kRelieved);
  EXPECT_EQ(read.starts_at, episode.starts_at);
  ASSERT_EQ(read.changes.size(), 2u);
  EXPECT_EQ(read.changes[0].actuator, "disk_io");
  EXPECT_EQ(read.changes[0].reverted, OptionalTime(kNow));
  EXPECT_FALSE(read.changes[0].InForce());
  EXPECT_TRUE(read.changes[1].InForce());
  EXPECT_FALSE(read.changes[1].applied);
}

TEST_P(JournalTest, AnExperimentSurvivesAReopening) {
  Episode episode = AdmitOne(AlertFor("web-1")).episode;
  Experiment trial;
  trial.name = "mild";
  trial.target = {"canary", "u2", "host2"};
  trial.phase = Phase::kMitigating;
  trial.epoch = 3;
  trial.rung = 1;
  trial.predicted = 0.5, trial.injected = 0.2;
  trial.mitigation = {"standby", "traffic"};
  trial.covers = {"canary", "web-9"};
  trial.signal = "symptom{domain=\"canary\"}";
  trial.calm = 0.25, trial.shown = 0.5;
  trial.ends = kNow;
  trial.verdict = Verdict::kFailed;
  trial.reason = "ineffective: \"quoted\"";
  trial.started_by = "ann";
  trial.events = {{kNow, "announced", {}}, {kNow, "the fault shows", 0.5}};
  episode.experiment = trial;
  episode.changes.resize(1);
  episode.changes[0].injection = true;
  ASSERT_TRUE(journal_->Save(episode));
  Reopen();
  const Episode read = Only();
  ASSERT_TRUE(read.experiment);
  EXPECT_EQ(ToText(*read.experiment), ToText(trial));
  EXPECT_EQ(read.experiment->target, trial.target);
  EXPECT_EQ(read.experiment->phase, Phase::kMitigating);
  EXPECT_EQ(read.experiment->ends, trial.ends);
  EXPECT_FALSE(read.experiment->deadline);
  EXPECT_TRUE(read.changes[0].injection);
  Filter experiments;
  experiments.purpose = alerts::kExperiment;
  EXPECT_TRUE(journal_->Find(experiments)->empty());
}

TEST(Experiment, WhatIsNoneOrUnknownIsNotTrusted) {
  EXPECT_FALSE(ExperimentFromText(""));
  EXPECT_FALSE(ExperimentFromText("{}"));
  Experiment trial;
  std::string text = ToText(trial);
  text.replace(text.find("\"steady\""), 8, "\"dancing\"");
  EXPECT_EQ(ExperimentFromText(text)->phase, Phase::kReverting);
}

TEST_P(JournalTest, TwoNamesOfOneDomainAreOneEpisode) {
  Episode one = AdmitOne(AlertFor("web-1")).episode, other = AdmitOne(AlertFor("web-2")).episode;
  one.uuid = other.uuid = "u1";
  ASSERT_TRUE(journal_->Save(one));
  auto saved = journal_->Save(other);
  ASSERT_FALSE(saved);
  EXPECT_EQ(saved.error().code, base::ErrorCode::kConflict);
  EXPECT_FALSE(journal_->Dead());
}

TEST_P(JournalTest, FindsNewestFirstAndByFilter) {
  AdmitOne(AlertFor("web-1"));
  Episode second = AdmitOne(AlertFor("web-2")).episode;
  second.state = State::kClosed;
  second.closed = kNow;
  ASSERT_TRUE(journal_->Save(second));
  EXPECT_EQ(journal_->Find({})->at(0).domain, "web-2");
  Filter filter;
  filter.open = true;
  ASSERT_EQ(journal_->Find(filter)->size(), 1u);
  EXPECT_EQ(journal_->Find(filter)->at(0).domain, "web-1");
  filter.open = std::nullopt;
  filter.closed_since = kNow + std::chrono::seconds(1);
  EXPECT_TRUE(journal_->Find(filter)->empty());
  filter.closed_since = kNow;
  EXPECT_EQ(journal_->Find(filter)->size(), 1u);
  filter.domain = "' OR 1=1 --";
  EXPECT_TRUE(journal_->Find(filter)->empty());
}

TEST_P(JournalTest, FindsByOutcomeAgeAndPage) {
  Episode first = AdmitOne(AlertFor("web-1")).episode;
  first.outcome = Outcome::kRelieved;
  ASSERT_TRUE(journal_->Save(first));
  const Episode second = AdmitOne(AlertFor("web-2")).episode;
  Filter filter;
  filter.outcome = Outcome::kRelieved;
  filter.alerted_since = kNow;
  ASSERT_EQ(journal_->Find(filter)->size(), 1u);
  EXPECT_EQ(journal_->Find(filter)->at(0).id, first.id);
  filter.outcome = Outcome::kRefused;
  EXPECT_TRUE(journal_->Find(filter)->empty());
  filter.outcome = Outcome::kNone;
  filter.before = second.id;
  ASSERT_EQ(journal_->Find(filter)->size(), 1u);
  EXPECT_EQ(journal_->Find(filter)->at(0).id, first.id);
  filter.before = first.id;
  EXPECT_TRUE(journal_->Find(filter)->empty());
  filter.before.reset();
  filter.alerted_since = kNow + std::chrono::seconds(1);
  EXPECT_TRUE(journal_->Find(filter)->empty());
}

TEST_P(JournalTest, WhoTakesOverRaisesTheEpochAndFencesWhatWasBefore) {
  const Episode before = AdmitOne(AlertFor("web-1")).episode;
  ASSERT_TRUE(journal_->Claim());
  Reopen();
  auto taken = journal_->Claim();
  ASSERT_TRUE(taken);
  ASSERT_EQ(taken->size(), 1u);
  EXPECT_GT(taken->at(0).epoch, before.epoch);
  EXPECT_TRUE(journal_->Claim()->empty());
  EXPECT_TRUE(journal_->Check(taken->at(0)));
  EXPECT_TRUE(journal_->Save(taken->at(0)));
  EXPECT_TRUE(Fences(journal_->Save(before)));
  EXPECT_FALSE(journal_->Dead());
}

TEST_P(JournalTest, KeepsAWishUntilItIsTakenBack) {
  Episode episode = AdmitOne(AlertFor("web-1")).episode;
  ASSERT_TRUE(journal_->Ask(episode.id, Wish::kRevert, "me"));
  ASSERT_TRUE(journal_->Save(episode));
  EXPECT_EQ(Only().wish, Wish::kRevert);
  EXPECT_EQ(Only().wished_by, "me");
  Filter wished;
  wished.wished = true;
  EXPECT_EQ(journal_->Find(wished)->size(), 1u);
  ASSERT_TRUE(journal_->Ask(episode.id, Wish::kNone, ""));
  EXPECT_TRUE(journal_->Find(wished)->empty());
  EXPECT_EQ(journal_->Ask(episode.id + 1, Wish::kRevert, "me").error().code, base::ErrorCode::kNotFound);
}

TEST_P(JournalTest, ForgetsThePlanThatTheEpisodeHasForgotten) {
  Episode episode = AdmitOne(AlertFor("web-1")).episode;
  episode.changes.resize(3);
  ASSERT_TRUE(journal_->Save(episode));
  episode.changes.resize(1);
  ASSERT_TRUE(journal_->Save(episode));
  EXPECT_EQ(Only().changes.size(), 1u);
}

TEST_P(JournalTest, TimesAreWholeMicroseconds) {
  Episode episode = AdmitOne(AlertFor("web-1")).episode;
  episode.deadline = kNow + std::chrono::microseconds(123'457);
  episode.baseline = 0.1 + 0.2;
  ASSERT_TRUE(journal_->Save(episode));
  EXPECT_EQ(Only().deadline, episode.deadline);
  EXPECT_EQ(Only().baseline, episode.baseline);
}

INSTANTIATE_TEST_SUITE_P(Stores, JournalTest, ::testing::Values("sqlite", "postgres"),
                         [](const auto& store) { return std::string(store.param); });

}  // namespace
}  // namespace forewarn::journal
