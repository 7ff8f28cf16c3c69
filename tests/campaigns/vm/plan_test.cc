// SPDX-License-Identifier: Apache-2.0
#include "tests/campaigns/vm/plan.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <set>

#include "tests/testbed/guest/command.h"

namespace forewarn::campaign {
namespace {

constexpr double kLength = 75;

// Of each fault and of none, drawn often.
std::vector<Plan> Plans(const std::string& fault, int count = 200) {
  std::vector<Plan> plans;
  for (int number = 0; number < count; ++number) {
    plans.push_back(MakePlan({7, number, fault, kLength}, DrawSize(7, number)));
  }
  return plans;
}

std::vector<std::string> FaultsAndNone() {
  std::vector<std::string> faults(std::begin(kFaults), std::end(kFaults));
  faults.emplace_back();
  return faults;
}

TEST(DeckTest, HoldsAQuarterOfNullRunsAndEachFaultAsOftenAsAnother) {
  std::map<std::string, int> count;
  for (const std::string& fault : Deck(3, 160)) ++count[fault];
  EXPECT_EQ(count[""], 40);
  for (const char* fault : kFaults) EXPECT_EQ(count[fault], 15) << fault;
}

TEST(DeckTest, IsTheSeedsAlone) {
  const auto longer = Deck(3, 100), shorter = Deck(3, 50);
  EXPECT_TRUE(std::equal(shorter.begin(), shorter.end(), longer.begin()));
  EXPECT_NE(Deck(4, 50), shorter);
}

TEST(PlanTest, IsTheSameEachTime) {
  const Size size = DrawSize(7, 3);
  const Plan one = MakePlan({7, 5, "disk_full", kLength}, size), other = MakePlan({7, 5, "disk_full", kLength}, size);
  EXPECT_EQ(one.onset, other.onset);
  ASSERT_EQ(one.actions.size(), other.actions.size());
  for (std::size_t i = 0; i < one.actions.size(); ++i) EXPECT_EQ(one.actions[i].command, other.actions[i].command);
}

TEST(PlanTest, IsUnderstoodByTheGuest) {
  for (const std::string& fault : FaultsAndNone()) {
    for (const Plan& plan : Plans(fault)) {
      for (const Action& action : plan.actions) {
        if (action.lever != Lever::kGuest) continue;
        EXPECT_TRUE(testbed::guest::ParseCommand(action.command)) << fault << ": " << action.command;
      }
    }
  }
}

TEST(PlanTest, ActsInItsTimeAndInOrder) {
  for (const std::string& fault : FaultsAndNone()) {
    for (const Plan& plan : Plans(fault)) {
      EXPECT_LT(plan.actions.front().at, -plan.history);
      EXPECT_TRUE(std::is_sorted(plan.actions.begin(), plan.actions.end(),
                                 [](const Action& a, const Action& b) { return a.at < b.at; }));
      EXPECT_LT(plan.actions.back().at, plan.length) << plan.detail;
    }
  }
}

// Nothing but what is ordinary may happen before a fault begins: it would tell that it comes.
TEST(PlanTest, NothingOfAFaultComesBeforeItsOnset) {
  for (const char* fault : kFaults) {
    for (const Plan& plan : Plans(fault)) {
      for (const Action& action : plan.actions) {
        if (action.at >= plan.onset) break;
        const std::string load = action.command.substr(0, action.command.find(' '));
        EXPECT_THAT((std::set<std::string>{"cpu", "disk", "net", "errors"}), testing::Contains(load));
      }
      EXPECT_TRUE(std::any_of(plan.actions.begin(), plan.actions.end(), [&](const Action& action) {
        return action.at == plan.onset;
      })) << fault;
    }
  }
}

TEST(PlanTest, FaultsAreGradualAndAbruptAndTakeEveryForm) {
  for (const char* fault : kFaults) {
    std::set<std::string> manners, details;
    for (const Plan& plan : Plans(fault)) {
      manners.insert(plan.manner);
      details.insert(plan.detail);
    }
    EXPECT_EQ(manners, (std::set<std::string>{"abrupt", "gradual"})) << fault;
    EXPECT_GE(details.size(), fault == std::string("unknown") ? 4u : 1u);
  }
}

TEST(PlanTest, NullRunsHaveEveryKindOfOrdinaryDay) {
  std::set<std::string> manners;
  for (const Plan& plan : Plans("")) manners.insert(plan.manner);
  EXPECT_EQ(manners, (std::set<std::string>{"steady", "step", "bursts", "drift"}));
}

// Begin and end of a run tell nothing about what happens in it.
TEST(PlanTest, OnsetAndHistoryAreDrawnAlikeForAll) {
  std::set<double> onsets, histories;
  for (const std::string& fault : FaultsAndNone()) {
    const Plan plan = Plans(fault, 1).front();
    onsets.insert(plan.onset);
    histories.insert(plan.history);
  }
  EXPECT_EQ(onsets.size(), 1u);
  EXPECT_EQ(histories.size(), 1u);
}

}  // namespace
}  // namespace forewarn::campaign
