// SPDX-License-Identifier: Apache-2.0
#include "cli/backtest/rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "cli/backtest/progress.h"
#include "cli/backtest/table.h"
#include "tests/cli/backtest/outputs.h"

namespace forewarn::backtest {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

TEST(WhatIf, IsAStageAndAConfidence) {
  EXPECT_EQ(ParseWhatIf("threshold=0.7")->threshold, 0.7);
  EXPECT_EQ(ParseWhatIf("notify=1")->text, "what if notify");
  for (const char* text :
       {"", "0.7", "threshold", "threshold=", "threshold=high", "threshold=1.5", "notify=-1", "x=0.5"}) {
    EXPECT_FALSE(ParseWhatIf(text)) << text;
  }
  EXPECT_THAT(ParseWhatIf("x=1").error().message, StartsWith("--what-if: "));
}

class RulesTest : public testing::Test {
 protected:
  bool Alarms(const Rule& rule, double score, const std::vector<std::pair<std::string, double>>& confidences) {
    verdicts_.Read(Say(score, confidences), 1);
    return rule.Alarms(verdicts_, 0);
  }
  std::unique_ptr<predictor::Predictor> predictor_ = MakePredictor();
  Verdicts verdicts_{*predictor_};
  std::vector<Rule> rules_ = RulesOf(*predictor_, {{"what if threshold", 0.2}});
};

TEST_F(RulesTest, TheScoreStagesAndWhatIfs) {
  const std::size_t faults = verdicts_.faults().size();
  ASSERT_EQ(rules_.size(), 1 + 3 * (1 + faults));
  EXPECT_TRUE(Alarms(rules_[0], 1, {}));
  EXPECT_FALSE(Alarms(rules_[0], 0.99, {{"MemoryLeak", 1}}));
  const Rule &notify = rules_[1], &mitigate = rules_[2 + faults], &what_if = rules_[3 + 2 * faults];
  EXPECT_EQ(notify.name, "notify 0.5");
  EXPECT_EQ(mitigate.name, "mitigate 0.7");
  EXPECT_EQ(what_if.name, "what if threshold 0.2");
  EXPECT_TRUE(Alarms(notify, 0, {{"MemoryLeak", 0.5}}));
  EXPECT_FALSE(Alarms(mitigate, 0, {{"MemoryLeak", 0.5}}));
  EXPECT_TRUE(Alarms(what_if, 0, {{"MemoryLeak", 0.3}}));
  EXPECT_FALSE(Alarms(what_if, 9, {}));
  for (std::size_t f = 0; f < faults; ++f) {
    EXPECT_EQ(Alarms(rules_[2 + f], 0, {{"MemoryLeak", 0.5}}), verdicts_.faults()[f] == "memory_leak");
  }
}

// How wide a column is depends on the names in it.
std::string WithSingleSpaces(std::string text) {
  text.erase(std::unique(text.begin(), text.end(), [](char a, char b) { return a == ' ' && b == ' '; }), text.end());
  return text;
}

TEST_F(RulesTest, TheTableSaysWhatTheyAreWorth) {
  Totals totals;
  totals.counts.resize(rules_.size());
  totals.instances = 2;
  totals.days = 4;
  totals.counts[0] = {.windows = 4, .detected = 3, .false_alarms = 1, .leads = {60, 90, 300}};
  totals.counts[2] = {.windows = 4, .detected = 1, .false_alarms = 0};
  const std::string table = WithSingleSpaces(RenderTable(rules_, verdicts_.faults(), totals));
  EXPECT_THAT(table, StartsWith("2 instances, 4 instance-days\nalarm at "));
  EXPECT_THAT(table, HasSubstr("\nscore 1 any 4 0.75 0.75 1m30s 1 0.25\n"));
  EXPECT_THAT(table, HasSubstr(verdicts_.faults()[0]));
  EXPECT_THAT(table, Not(HasSubstr(verdicts_.faults()[1])));  // neither a window nor an alarm
}

TEST_F(RulesTest, TheTableHasColumnsForWhatThereIsToSay) {
  Totals totals;
  totals.counts.resize(rules_.size());
  totals.counts[0] = {.windows = 5, .detected = 4, .mitigated = 3, .early = {0, 0.5, 0.9}, .delays = {1, 2}};
  totals.counts[1] = {.windows = 5, .delays = {1, std::numeric_limits<double>::infinity()}};
  const std::string table = WithSingleSpaces(RenderTable(rules_, verdicts_.faults(), totals));
  EXPECT_THAT(table, HasSubstr(" gradual: early lead / onset to breach abrupt: 90 % within steps mitigated\n"));
  EXPECT_THAT(table, HasSubstr("score 1 any 5 1.00 0.80 - 0 - 0.67 0.50 2 3\n"));
  EXPECT_THAT(table, HasSubstr(" any 5 - 0.00 - 0 - - - missed 0\n"));
  totals.counts = std::vector<Count>(rules_.size(), Count{.windows = 1});
  EXPECT_THAT(RenderTable(rules_, verdicts_.faults(), totals), Not(HasSubstr("gradual")));
}

TEST_F(RulesTest, WithoutLabelsAllAlarmsAreCounted) {
  Totals totals;
  totals.counts.resize(rules_.size());
  totals.instances = 1;
  totals.days = 2;
  totals.counts[0].false_alarms = 1;
  const std::string table = RenderTable(rules_, verdicts_.faults(), totals);
  EXPECT_THAT(table, StartsWith("1 instance, 2 instance-days, no labels\n"));
  EXPECT_THAT(table, Not(HasSubstr("precision")));
  EXPECT_THAT(table, HasSubstr("per instance-day"));
  EXPECT_THAT(table, HasSubstr(" 0.5\n"));
}

TEST(BarText, SaysWhatIsLeft) {
  EXPECT_EQ(BarText(0, 0), "[..............................]   0 %");
  EXPECT_EQ(BarText(0.5, 10), "[###############...............]  50 %, 10 s left");
  EXPECT_EQ(BarText(1, 10), "[##############################] 100 %");
  EXPECT_EQ(BarText(7, 10), "[##############################] 100 %");
}

}  // namespace
}  // namespace forewarn::backtest
