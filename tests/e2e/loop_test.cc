// SPDX-License-Identifier: Apache-2.0
// The closed loop, as a user runs it.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/e2e/demo/scenario.h"
#include "tests/e2e/program.h"
#include "tests/testbed/bed.h"
#include "tests/testbed/simulation.h"

namespace forewarn::e2e {
namespace {

using demo::kProtected;
using demo::kUnprotected;
using nlohmann::json;

bool IsBreached(const json& report, const char* twin) { return report.at("arms").at(twin).at("breached").get<bool>(); }

void ExpectALoopThatWorks(const json& report, const std::string& fault) {
  EXPECT_EQ(report.at("fault"), fault);
  EXPECT_TRUE(IsBreached(report, kUnprotected));
  EXPECT_FALSE(IsBreached(report, kProtected));
  EXPECT_GT(report.at("lead_seconds").get<double>(), 0);
  EXPECT_LE(report.at("detect_to_effect_seconds").get<double>(), 5);
  ASSERT_EQ(report.at("predictions").size(), 2u);
  ASSERT_FALSE(report.at("mitigations").empty());
  for (const json& mitigation : report.at("mitigations")) {
    EXPECT_EQ(mitigation.at("domain"), kProtected);
    EXPECT_EQ(mitigation.at("outcome"), "relieved") << mitigation;
  }
}

// The policy lets nothing act without a proof; that it was a milder fault's is seen here.
void ExpectAnExperimentFirst(const json& report) {
  ASSERT_FALSE(report.at("experiments").empty());
  const json& trial = report.at("experiments").back();
  EXPECT_EQ(trial.at("verdict"), "passed") << trial;
  EXPECT_LT(trial.at("severity_injected"), trial.at("severity_predicted")) << trial;
  for (const json& mitigation : report.at("mitigations")) {
    EXPECT_THAT(trial.at("mitigation"), testing::Contains(mitigation.at("actuator")));
  }
}

json Shows(const std::string& fault, const std::string& hypervisor, const std::vector<std::string>& more = {}) {
  std::vector<std::string> arguments{"--fault", fault, "--hypervisor", hypervisor};
  arguments.insert(arguments.end(), more.begin(), more.end());
  Program program(arguments);
  const int code = program.process().Wait();
  EXPECT_EQ(code, 0) << program.said();
  const json report = json::parse(ReadAll(program.report_path()), nullptr, /*allow_exceptions=*/false);
  if (code != 0 || !report.is_object()) return {};
  EXPECT_EQ(report.at("hypervisor"), hypervisor);
  ExpectALoopThatWorks(report, fault);
  if (!more.empty()) ExpectAnExperimentFirst(report);
  if (testing::Test::HasFailure()) ADD_FAILURE() << report.dump(2) << program.said();
  return report;
}

TEST(LoopTest, PreventsDiskContentionOfARealMachine) {
  if (const auto why = testbed::WhyNoBed()) GTEST_SKIP() << *why;
  Shows("DiskContention", "qemu");
}

TEST(LoopTest, PreventsTheEffectOfAMemoryLeakInARealMachine) {
  if (const auto why = testbed::WhyNoBed()) GTEST_SKIP() << *why;
  Shows("MemoryLeak", "qemu");
}

TEST(LoopTest, WorksOnSimulatedMachinesToo) {
  if (const auto why = testbed::Simulation::WhyNot()) GTEST_SKIP() << *why;
  Shows("DiskContention", "test");
}

TEST(LoopTest, TriesTheMitigationOnASimulatedCanaryFirst) {
  if (const auto why = testbed::Simulation::WhyNot()) GTEST_SKIP() << *why;
  Shows("DiskContention", "test", {"--experiment"});
}

TEST(LoopTest, WhatFailsItsExperimentOnARealCanaryGivesWayToTheNext) {
  if (const auto why = testbed::WhyNoBed()) GTEST_SKIP() << *why;
  const json report = Shows("DiskContention", "qemu", {"--wrong-first"});
  ASSERT_TRUE(report.is_object());
  const json& first = report.at("experiments").at(0);
  EXPECT_EQ(first.at("verdict"), "failed") << first;
  EXPECT_EQ(first.at("mitigation"), json({"memory"})) << first;
}

// Nothing in the demonstration is scripted: who predicts nothing prevents nothing.
TEST(LoopTest, FailsWithoutTheExporter) {
  if (const auto why = testbed::WhyNoBed()) GTEST_SKIP() << *why;
  Program program({"--hypervisor", "qemu", "--without-exporter"});
  EXPECT_EQ(program.process().Wait(), 1) << program.said();
  const json report = json::parse(ReadAll(program.report_path()));
  EXPECT_TRUE(IsBreached(report, kUnprotected));
  EXPECT_TRUE(IsBreached(report, kProtected));
  EXPECT_TRUE(report.at("predictions").empty());
  EXPECT_TRUE(report.at("mitigations").empty());
}

}  // namespace
}  // namespace forewarn::e2e
