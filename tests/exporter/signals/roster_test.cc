// SPDX-License-Identifier: Apache-2.0
#include "exporter/signals/roster.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace forewarn::signals {
namespace {

constexpr double kNow = 1.7e9;

std::vector<Definition> Definitions(const std::vector<std::pair<std::string, std::string>>& exprs) {
  std::vector<Definition> definitions;
  for (const auto& [name, expr] : exprs) definitions.push_back({name, "", expr});
  return definitions;
}

void CountUntil(Roster& roster, double readings) {
  for (double i = 0; i < readings; ++i) roster.Count();
}

TEST(Roster, AShortAbsenceChangesNothing) {
  Roster roster;
  EXPECT_EQ(roster.See("vm1", kNow), 0u);
  EXPECT_EQ(roster.See("vm2", kNow), 1u);
  CountUntil(roster, 1000);
  EXPECT_EQ(roster.See("vm1", kNow + Roster::kAway - 1), 0u);
  EXPECT_EQ(roster.See("vm1", kNow + 2 * Roster::kAway - 2), 0u);  // while nothing was read, nobody was away
}

TEST(Roster, WhoWasAwayForLongBeginsAnew) {
  Roster roster;
  roster.See("vm1", kNow);
  roster.See("vm2", kNow);
  CountUntil(roster, Roster::kAwayTicks);
  EXPECT_EQ(roster.See("vm1", kNow + Roster::kAway), 2u);
  EXPECT_EQ(roster.See("vm1", kNow + Roster::kAway + 1), 2u);
  EXPECT_EQ(roster.instances().Find("vm2"), 1);
  EXPECT_EQ(roster.Current().instances[0].name, "");
  EXPECT_EQ(roster.Current().instances[2].name, "vm1");
  EXPECT_EQ(roster.Current().instances[2].last_seen, kNow + Roster::kAway + 1);
}

TEST(Roster, ASignalThatIsDefinedOtherwiseBeginsAnew) {
  Roster roster;
  roster.Define(Definitions({{"a", "x"}, {"b", "y"}}));
  roster.Define(Definitions({{"b", "y"}, {"a", "z"}}));
  EXPECT_EQ(roster.signals().Find("a"), 2);
  EXPECT_EQ(roster.signals().Find("b"), 1);
  roster.Define(Definitions({{"b", "y"}}));
  roster.Define(Definitions({{"a", "z"}, {"b", "y"}}));
  EXPECT_EQ(roster.signals().Find("a"), 2);
  EXPECT_EQ(roster.signals().size(), 3u);
}

TEST(Roster, GoesOnWithSavedSlots) {
  Roster before;
  before.Define(Definitions({{"a", "x"}, {"b", "y"}, {"gone", "g"}}));
  before.See("vm1", kNow);
  before.See("vm2", kNow + 1);
  Roster after;
  after.Define(Definitions({{"new", "n"}, {"b", "other"}, {"a", "x"}}));
  after.Prime(before.Current());
  EXPECT_EQ(after.signals().Find("a"), 0);
  EXPECT_EQ(after.signals().Find("gone"), 2);
  EXPECT_EQ(after.signals().Find("new"), 3);
  EXPECT_EQ(after.signals().Find("b"), 4);  // what slot 1 has learned was of another expression
  EXPECT_EQ(after.Current().signals[1].name, "");
  EXPECT_EQ(after.instances().Find("vm2"), 1);
  EXPECT_EQ(after.Current().instances[1].last_seen, kNow + 1);
  EXPECT_EQ(after.See("vm2", kNow + 2), 1u);
  EXPECT_EQ(after.See("vm3", kNow + 2), 2u);
}

TEST(Roster, SlotsThatNobodyHasKeepTheirPlace) {
  Slots slots;
  slots.instances = {{"", 0}, {"vm1", kNow}, {"", 0}};
  slots.signals = {{"", "x"}, {"", "y"}, {"a", "z"}};
  Roster roster;
  roster.Prime(slots);
  EXPECT_EQ(roster.instances().Find("vm1"), 1);
  EXPECT_EQ(roster.instances().Find(""), -1);
  EXPECT_EQ(roster.signals().Find("a"), 2);
  EXPECT_EQ(roster.See("vm2", kNow), 3u);
}

}  // namespace
}  // namespace forewarn::signals
