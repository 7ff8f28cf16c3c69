// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/demo/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/e2e/demo/narrator.h"
#include "tests/e2e/demo/scenario.h"

namespace forewarn::demo {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Predicted at 100 s for both, acted upon at 101 s, broken down at 130 s without protection.
Findings Good() {
  Findings findings;
  findings.fault = "DiskContention";
  findings.hypervisor = "qemu";
  findings.arms[kProtected].measured = findings.arms[kUnprotected].measured = 1;
  findings.arms[kUnprotected].breach_time = 130;
  findings.predictions = {{100, kProtected, "DiskContention", 0.75, 140},
                          {100.5, kUnprotected, "DiskContention", 0.8, {}}};
  findings.mitigations = {
      {{}, kProtected, "DiskContention", 0.75, "memory", "null", "null", "refused"},
      {102, kProtected, "DiskContention", 0.75, "traffic", "{}", "{}", "relieved"},
      {101, kProtected, "DiskContention", 0.75, "disk_io", R"({"a":"1"})", R"({"a":"2"})", "relieved"}};
  findings.wall_seconds = 150;
  return findings;
}

TEST(ReportTest, AcceptsALoopThatWorks) {
  EXPECT_THAT(Shortcomings(Good()), IsEmpty());
  EXPECT_EQ(Good().LeadSeconds(), 29.5);
  EXPECT_EQ(Good().DetectToEffectSeconds(), 1);
}

TEST(ReportTest, RefusesWhatProvesNothing) {
  Findings both = Good();
  both.arms[kProtected].breach_time = 131;
  EXPECT_THAT(Shortcomings(both), ElementsAre(HasSubstr("protected twin broke down")));

  Findings none = Good();
  none.arms[kUnprotected].breach_time.reset();
  EXPECT_THAT(Shortcomings(none), ElementsAre(HasSubstr("did not break down"), HasSubstr("no prediction")));

  Findings late = Good();
  late.predictions[1].time = 131;
  EXPECT_THAT(Shortcomings(late), ElementsAre(HasSubstr("after the breakdown")));

  Findings unpredicted = Good();
  unpredicted.predictions.clear();
  EXPECT_THAT(Shortcomings(unpredicted), ElementsAre(HasSubstr("no prediction")));

  Findings another = Good();
  another.predictions[1].fault = "MemoryLeak";
  EXPECT_THAT(Shortcomings(another), ElementsAre(HasSubstr("no prediction")));
}

// A Prometheus that was away must not look like a service that ran.
TEST(ReportTest, RefusesGaps) {
  Findings findings = Good();
  findings.arms[kProtected].measured = 0.7;
  EXPECT_THAT(Shortcomings(findings), ElementsAre(HasSubstr("not measured")));
}

TEST(ReportTest, WritesItsJson) {
  const auto json = nlohmann::json::parse(ToJson(Good()));
  EXPECT_EQ(json["fault"], "DiskContention");
  EXPECT_EQ(json["hypervisor"], "qemu");
  EXPECT_EQ(json["arms"]["protected"], nlohmann::json::parse(R"({"breached": false, "breach_time": null})"));
  EXPECT_EQ(json["arms"]["unprotected"], nlohmann::json::parse(R"({"breached": true, "breach_time": 130.0})"));
  EXPECT_EQ(json["predictions"][0]["expected_time"], 140);
  EXPECT_TRUE(json["predictions"][1]["expected_time"].is_null());
  EXPECT_EQ(json["mitigations"][2]["to"]["a"], "2");
  EXPECT_TRUE(json["mitigations"][0]["time"].is_null());
  EXPECT_EQ(json["lead_seconds"], 29.5);
  EXPECT_EQ(json["wall_seconds"], 150);

  Findings nothing = Good();
  nothing.predictions.clear();
  nothing.mitigations.clear();
  const auto empty = nlohmann::json::parse(ToJson(nothing));
  EXPECT_TRUE(empty["lead_seconds"].is_null());
  EXPECT_TRUE(empty["detect_to_effect_seconds"].is_null());
  EXPECT_TRUE(empty["predictions"].is_array());
}

TEST(NarratorTest, TellsEachThingOnce) {
  std::vector<std::string> lines;
  Narrator narrator([&](const std::string& line) { lines.push_back(line); });
  Sight sight;
  sight.time = 100;
  sight.twins[kProtected] = {{"notified", 1}, {"confidence", 0.55}, {"expected", 130}};
  narrator.Tell(sight);
  narrator.Tell(sight);
  EXPECT_THAT(lines, ElementsAre(testing::AllOf(HasSubstr("55 %"), HasSubstr("in 30 s"))));
  sight.deeds = {{101, kProtected, "F", 0.7, "disk_io", R"({"iops":"150"})", R"({"iops":"300"})", ""}};
  narrator.Tell(sight);
  sight.deeds[0].outcome = "relieved";
  narrator.Tell(sight);
  narrator.Tell(sight);
  EXPECT_THAT(lines, ElementsAre(HasSubstr("55 %"), HasSubstr("iops from 150 to 300"), HasSubstr("relieved")));
}

}  // namespace
}  // namespace forewarn::demo
