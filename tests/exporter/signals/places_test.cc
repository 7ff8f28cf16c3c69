// SPDX-License-Identifier: Apache-2.0
#include "exporter/signals/places.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "tests/fakes/fake_promql.h"

namespace forewarn::signals {
namespace {

using testing::ElementsAre;
using Rows = std::vector<std::string>;  // labels as JSON

std::string Of(const std::string& domain) { return R"({"__name__":"x","domain":")" + domain + R"(","job":"node"})"; }

// The names of the instances that the rows of an answer were found to be of; "-" where of none.
class PlacesTest : public testing::Test {
 protected:
  Rows Read(const Rows& rows, double time = 0) {
    promql::Vector answer;
    for (const auto& labels : rows) {
      answer.metric.emplace_back(answer.buffer.size(), labels.size());
      answer.buffer += labels;
      answer.values.push_back(1);
    }
    return Read(answer, time);
  }
  Rows Read(const promql::Vector& answer, double time) {
    Rows names;
    places_.Begin("domain");
    for (std::size_t row = 0; row < answer.size(); ++row) {
      const auto slot = places_.Next(answer, row, time, roster_);
      names.push_back(slot == Places::kNobody ? "-" : roster_.instances().NameOf(slot));
      slots_.push_back(slot);
    }
    roster_.Count();
    return names;
  }

  Roster roster_;
  Places places_;
  std::vector<std::uint32_t> slots_;  // of all rows
};

TEST_F(PlacesTest, FindsTheSameRowsAgain) {
  const Rows rows = {Of("a"), Of("b"), Of("c")};
  EXPECT_THAT(Read(rows), ElementsAre("a", "b", "c"));
  EXPECT_THAT(Read(rows), ElementsAre("a", "b", "c"));
  EXPECT_THAT(slots_, ElementsAre(0, 1, 2, 0, 1, 2));
}

TEST_F(PlacesTest, RowsMayComeGoAndChangePlaces) {
  Read({Of("a"), Of("b"), Of("c"), Of("d")});
  EXPECT_THAT(Read({Of("b"), Of("c"), Of("d")}), ElementsAre("b", "c", "d"));
  EXPECT_THAT(Read({Of("b"), Of("new"), Of("c"), Of("d")}), ElementsAre("b", "new", "c", "d"));
  EXPECT_THAT(Read({Of("d"), Of("c"), Of("new"), Of("b")}), ElementsAre("d", "c", "new", "b"));
  EXPECT_THAT(Read({Of("d"), Of("c")}), ElementsAre("d", "c"));
  EXPECT_THAT(Read({}), ElementsAre());
  EXPECT_THAT(Read({Of("c"), Of("d")}), ElementsAre("c", "d"));
}

TEST_F(PlacesTest, ANameIsComparedToItsEnd) {
  Read({Of("vm1"), Of("vm10"), Of("vm2")});
  EXPECT_THAT(Read({Of("vm10"), Of("vm1"), Of("vm20")}), ElementsAre("vm10", "vm1", "vm20"));
  EXPECT_THAT(Read({R"({"__name__":"x","domain":"vm10"})", R"({"a":"vm1"})", R"({"__name__":"x","domain":"vm)"}),
              ElementsAre("vm10", "-", "-"));
}

TEST_F(PlacesTest, OnlyTheLabelItselfNamesTheInstance) {
  Read({R"({"domain":"a","other":"b"})"});
  EXPECT_THAT(Read({R"({"namain":"a","other":"b"})"}), ElementsAre("-"));
  EXPECT_THAT(Read({R"({"domain":"b","other":"a"})"}), ElementsAre("b"));
  EXPECT_THAT(Read({R"({"domain" : "c"})"}), ElementsAre("c"));
  EXPECT_THAT(Read({R"({"domain" : "d"})"}), ElementsAre("d"));
  EXPECT_THAT(Read({R"({"domain":""})"}), ElementsAre("-"));
}

TEST_F(PlacesTest, EscapesAreReadAsWhatTheyMean) {
  promql::Vector answer = fakes::MakeVector({{R"({"domain":"a\"b"})", 1}, {R"({"job":"\"domain\":\"x\""})", 1}});
  answer.unescaped[0] = {{"domain", "a\"b"}};
  answer.unescaped[1] = {{"job", R"("domain":"x")"}};
  for (int i = 0; i < 2; ++i) EXPECT_THAT(Read(answer, 0), ElementsAre("a\"b", "-"));
}

TEST_F(PlacesTest, WhoWasAwayBeginsAnew) {
  Read({Of("a"), Of("b")});
  for (int i = 0; i <= Roster::kAwayTicks; ++i) Read({Of("b")}, 30 * i);
  slots_.clear();
  EXPECT_THAT(Read({Of("a"), Of("b")}, Roster::kAway), ElementsAre("a", "b"));
  EXPECT_THAT(slots_, ElementsAre(2, 1));
  EXPECT_THAT(Read({Of("a"), Of("b")}, Roster::kAway), ElementsAre("a", "b"));
  EXPECT_THAT(slots_, ElementsAre(2, 1, 2, 1));
}

TEST_F(PlacesTest, SlotsThatAStateBroughtAreTheRostersToSay) {
  Read({Of("a"), Of("b")});
  roster_.Prime({.instances = {{"b", 0}, {"", 0}, {"a", 0}}, .signals = {}});
  slots_.clear();
  EXPECT_THAT(Read({Of("a"), Of("b")}), ElementsAre("a", "b"));
  EXPECT_THAT(slots_, ElementsAre(2, 0));
}

TEST_F(PlacesTest, AnyOrderGivesWhatTheLabelsSay) {
  std::mt19937 random(7);
  Rows all;
  for (int i = 0; i < 40; ++i) all.push_back(Of("vm" + std::to_string(i)));
  for (int tick = 0; tick < 200; ++tick) {
    if (tick % 3 == 0) std::swap(all[random() % all.size()], all[random() % all.size()]);
    Rows rows;
    std::copy_if(all.begin(), all.end(), std::back_inserter(rows), [&](const auto&) { return random() % 10 > 0; });
    const Rows names = Read(rows);
    for (std::size_t row = 0; row < rows.size(); ++row) EXPECT_EQ(Of(names[row]), rows[row]);
  }
  EXPECT_EQ(roster_.instances().size(), all.size());
}

}  // namespace
}  // namespace forewarn::signals
