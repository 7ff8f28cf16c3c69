// SPDX-License-Identifier: Apache-2.0
#include "cli/backtest/track.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <set>

#include "tests/cli/backtest/outputs.h"

namespace forewarn::backtest {
namespace {

using testing::ElementsAre;

// Ticks a minute apart from 0 on; alarms at some of them.
class TrackTest : public testing::Test {
 protected:
  TrackTest() : verdicts_(*predictor_), rules_(RulesOf(*predictor_, {})) { ground_.step = 60; }

  std::size_t RuleOf(const std::string& name, const std::string& fault) const {
    for (std::size_t i = 0; i < rules_.size(); ++i) {
      const std::string of = rules_[i].fault ? verdicts_.faults()[*rules_[i].fault] : "any";
      if (rules_[i].name == name && of == fault) return i;
    }
    ADD_FAILURE() << name << " " << fault;
    return 0;
  }

  confidence::Standing StandingAt(std::size_t tick) const {
    if (masked_.contains(tick)) return confidence::Standing::kMasked;
    return mitigated_.contains(tick) ? confidence::Standing::kMitigated : confidence::Standing::kFree;
  }

  Totals Run(std::size_t ticks, const std::set<std::size_t>& alarms, const std::string& fault = "") {
    Track track(rules_, verdicts_.faults(), ground_);
    for (std::size_t i = 0; i < ticks; ++i) {
      std::vector<std::pair<std::string, double>> confidences;
      if (alarms.contains(i) && !fault.empty()) confidences = {{fault, 0.6}};
      verdicts_.Read(Say(alarms.contains(i) ? 2 : 0, confidences), 1);
      track.Add(60 * static_cast<double>(i), verdicts_, 0, StandingAt(i));
    }
    return track.Result();
  }
  Count ByScore(std::size_t ticks, const std::set<std::size_t>& alarms) { return Run(ticks, alarms).counts[0]; }

  static std::set<std::size_t> Ticks(std::size_t from, std::size_t to) {
    std::set<std::size_t> ticks;
    for (std::size_t i = from; i <= to; ++i) ticks.insert(i);
    return ticks;
  }

  std::unique_ptr<predictor::Predictor> predictor_ = MakePredictor();
  Verdicts verdicts_;
  std::vector<Rule> rules_;
  Ground ground_;
  std::set<std::size_t> masked_, mitigated_;  // ticks
};

TEST_F(TrackTest, AnAlarmInAWindowDetectsIt) {
  ground_.labels = {{.start = 6000, .end = 6600, .breach = {}, .fault_type = ""}};
  EXPECT_EQ(ByScore(200, {}).detected, 0u);
  EXPECT_EQ(ByScore(200, {}).windows, 1u);
  for (const std::size_t tick : {100u, 105u, 110u}) {
    EXPECT_EQ(ByScore(200, {tick}).detected, 1u);
    EXPECT_EQ(ByScore(200, {tick}).false_alarms, 0u);
  }
  EXPECT_EQ(ByScore(200, {99}).false_alarms, 1u);
}

TEST_F(TrackTest, UpToTwelveStepsAfterAWindowAreFree) {
  ground_.labels = {{.start = 6000, .end = 6600, .breach = {}, .fault_type = ""}};
  EXPECT_EQ(ByScore(200, {122}).false_alarms, 0u);
  EXPECT_EQ(ByScore(200, {122}).detected, 0u);
  EXPECT_EQ(ByScore(200, {123}).false_alarms, 1u);
}

TEST_F(TrackTest, AlarmsNearEachOtherAreOne) {
  EXPECT_EQ(ByScore(200, {10, 22, 34}).false_alarms, 1u);
  EXPECT_EQ(ByScore(200, {10, 23, 36}).false_alarms, 3u);
}

TEST_F(TrackTest, OneThatNeverEndsIsChargedAgain) {
  EXPECT_EQ(ByScore(600, Ticks(0, 59)).false_alarms, 1u);
  EXPECT_EQ(ByScore(600, Ticks(0, 60)).false_alarms, 2u);
  EXPECT_EQ(ByScore(600, Ticks(0, 599)).false_alarms, 10u);
}

TEST_F(TrackTest, NothingCountsBeforeItIsToBeScored) {
  ground_.scored_from = 3000;
  ground_.labels = {{.start = 600, .end = 1200, .breach = {}, .fault_type = ""},
                    {.start = 2400, .end = 3000, .breach = {}, .fault_type = ""}};
  const auto count = ByScore(200, {15, 40, 50});
  EXPECT_EQ(count.windows, 1u);  // the second's last tick counts
  EXPECT_EQ(count.detected, 1u);
  EXPECT_EQ(count.false_alarms, 0u);
  EXPECT_NEAR(Run(200, {}).days, 149 * 60 / 86400.0, 1e-9);
}

TEST_F(TrackTest, GapsAreNotObserved) {
  Track track(rules_, verdicts_.faults(), ground_);
  verdicts_.Read(Say(0, {}), 1);
  for (const double time : {0., 60., 1e6}) track.Add(time, verdicts_, 0);
  EXPECT_NEAR(track.Result().days, (60 + 600) / 86400.0, 1e-9);
}

TEST_F(TrackTest, LeadIsFromTheFirstAlarmToTheBreach) {
  ground_.labels = {{.start = 6000, .end = 6600, .breach = 6300, .fault_type = ""},
                    {.start = 9000, .end = 9600, .breach = 9060, .fault_type = ""}};
  EXPECT_THAT(ByScore(200, {101, 102, 155}).leads, ElementsAre(240));
}

TEST_F(TrackTest, AFaultIsJudgedByItsOwnWindows) {
  ground_.labels = {{.start = 6000, .end = 6600, .breach = {}, .fault_type = "memory_leak"},
                    {.start = 9000, .end = 9600, .breach = {}, .fault_type = "disk_contention"},
                    {.start = 12000, .end = 12600, .breach = {}, .fault_type = ""},
                    {.start = 15000, .end = 15600, .breach = {}, .fault_type = "never_heard_of"}};
  const auto totals = Run(300, {105, 155, 205}, "MemoryLeak");
  const auto& any = totals.counts[RuleOf("notify 0.5", "any")];
  EXPECT_EQ(any.windows, 4u);
  EXPECT_EQ(any.detected, 3u);
  EXPECT_EQ(any.false_alarms, 0u);
  const auto& leak = totals.counts[RuleOf("notify 0.5", "memory_leak")];
  EXPECT_EQ(leak.windows, 1u);
  EXPECT_EQ(leak.detected, 1u);
  EXPECT_EQ(leak.false_alarms, 1u);  // in the other fault's window, not in that of nobody knows what
  EXPECT_EQ(totals.counts[RuleOf("notify 0.5", "unknown")].windows, 1u);
  EXPECT_EQ(totals.counts[RuleOf("mitigate 0.7", "memory_leak")].detected, 0u);
}

TEST_F(TrackTest, WhatIsMaskedIsAsIfItHadNotBeenObserved) {
  ground_.labels = {{.start = 6000, .end = 6600, .breach = {}, .fault_type = ""}};
  masked_ = Ticks(50, 120);
  const auto totals = Run(200, {60, 70, 105});
  EXPECT_EQ(totals.counts[0].false_alarms, 0u);
  EXPECT_EQ(totals.counts[0].windows, 0u);
  EXPECT_EQ(totals.counts[0].mitigated, 0u);
  EXPECT_NEAR(totals.days, (49 + 78) * 60 / 86400.0, 1e-9);
  EXPECT_EQ(ByScore(200, {121}).false_alarms, 1u);  // the grace of a window that nobody saw is none
}

TEST_F(TrackTest, AnAlarmThatAMitigationFollowsIsCensored) {
  mitigated_ = Ticks(50, 60);
  for (const auto& alarms : {Ticks(45, 47), Ticks(45, 80), Ticks(50, 55), Ticks(38, 38)}) {
    const auto count = ByScore(200, alarms);
    EXPECT_EQ(count.false_alarms, 0u) << *alarms.begin();
    EXPECT_EQ(count.mitigated, 1u) << *alarms.begin();
  }
  EXPECT_EQ(ByScore(200, {37}).false_alarms, 1u);
  EXPECT_EQ(ByScore(200, {73}).false_alarms, 1u);
  EXPECT_EQ(ByScore(200, {45, 100}).false_alarms, 1u);
  EXPECT_NEAR(Run(200, {}).days, (49 + 138) * 60 / 86400.0, 1e-9);
}

TEST_F(TrackTest, AWindowIsCensoredWhereTheMitigationCameFirst) {
  ground_.labels = {{.start = 6000, .end = 6600, .breach = {}, .fault_type = ""}};
  mitigated_ = Ticks(104, 106);
  for (const auto& alarms : {std::set<std::size_t>{}, Ticks(104, 105), Ticks(108, 109)}) {
    const auto count = ByScore(200, alarms);
    EXPECT_EQ(count.windows, 0u);
    EXPECT_EQ(count.detected, 0u);
    EXPECT_EQ(count.false_alarms, 0u);
    EXPECT_EQ(count.mitigated, 1u);
  }
  EXPECT_EQ(ByScore(200, {103}).detected, 1u);
  EXPECT_EQ(ByScore(200, {103}).mitigated, 0u);
}

TEST_F(TrackTest, GradualFaultsAreToBeEarlyAndAbruptOnesPrompt) {
  ground_.labels = {
      {.start = 600, .end = 900, .breach = 900, .fault_type = "", .onset = 660, .manner = Manner::kGradual},
      {.start = 2400, .end = 3000, .breach = 2700, .fault_type = "", .onset = {}, .manner = Manner::kGradual},
      {.start = 6000, .end = 6600, .breach = 6060, .fault_type = "", .onset = 6000, .manner = Manner::kAbrupt},
      {.start = 9000, .end = 9600, .breach = {}, .fault_type = "", .onset = {}, .manner = Manner::kAbrupt}};
  const auto count = ByScore(200, {12, 46, 103});
  EXPECT_THAT(count.early, ElementsAre(0.75, 0));
  EXPECT_THAT(count.delays, ElementsAre(3, std::numeric_limits<double>::infinity()));
  EXPECT_EQ(count.detected, 3u);
}

TEST_F(TrackTest, AWindowIsCalledAsItsHighestScoreIs) {
  ground_.labels = {{.start = 600, .end = 900, .breach = {}, .fault_type = "memory_leak"},
                    {.start = 2400, .end = 3000, .breach = {}, .fault_type = "disk_full"},
                    {.start = 6000, .end = 6600, .breach = {}, .fault_type = ""}};
  Track track(rules_, verdicts_.faults(), ground_);
  for (std::size_t i = 0; i < 200; ++i) {
    const double score = i == 11 ? 3 : i == 12 ? 2 : i == 101 ? 2 : 0;
    verdicts_.Read(Say(score, {}, i == 11 ? "MemoryLeak" : "DiskFull"), 1);
    track.Add(60 * static_cast<double>(i), verdicts_, 0);
  }
  const auto& confusion = track.Result().confusion;
  EXPECT_EQ(confusion.size(), 2u);
  EXPECT_EQ(confusion.at({"memory_leak", "memory_leak"}), 1u);
  EXPECT_EQ(confusion.at({"disk_full", kMissed}), 1u);
}

TEST_F(TrackTest, AddsUp) {
  Totals totals = Run(200, {10});
  totals.Add(Run(200, {10, 100}));
  EXPECT_EQ(totals.instances, 2u);
  EXPECT_EQ(totals.counts[0].false_alarms, 3u);
  EXPECT_NEAR(totals.days, 2 * 199 * 60 / 86400.0, 1e-9);
}

}  // namespace
}  // namespace forewarn::backtest
