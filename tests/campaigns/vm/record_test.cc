// SPDX-License-Identifier: Apache-2.0
#include "tests/campaigns/vm/record.h"

#include <gtest/gtest.h>

#include <cmath>

namespace forewarn::campaign {
namespace {

constexpr double kStart = 1000;
constexpr std::size_t kRows = 60;
constexpr double kOnset = 1020;

// A guest at rest: every signal the same for a minute.
Recording AtRest() {
  Recording recording;
  recording.start = kStart;
  for (const auto& signal : RecordedSignals()) {
    recording.signals.push_back(signal.name);
    recording.columns.emplace_back(kRows, signal.name == "request_latency" ? 0.02 : 0.0);
  }
  return recording;
}

void Set(Recording& recording, const std::string& signal, std::pair<std::size_t, std::size_t> rows, double value) {
  for (std::size_t column = 0; column < recording.signals.size(); ++column) {
    if (recording.signals[column] != signal) continue;
    for (std::size_t row = rows.first; row < rows.second; ++row) recording.columns[column][row] = value;
  }
}

Plan Of(const std::string& fault) {
  Plan plan;
  plan.fault = fault;
  return plan;
}

TEST(SignalsTest, AreThePresetsAndWhatTheServiceFeels) {
  std::set<std::string> names;
  for (const auto& signal : RecordedSignals()) {
    EXPECT_TRUE(names.insert(signal.name).second) << signal.name;
    EXPECT_EQ(signal.expr.find('$'), signal.expr.find("$1")) << signal.expr;
    EXPECT_NE(signal.expr.find("domain"), std::string::npos) << signal.expr;
  }
  for (const char* name : {"cpu_usage", "cpu_denied", "error_log_rate", "disk_used", "request_latency"})
    EXPECT_TRUE(names.contains(name)) << name;
}

TEST(BreachTest, IsWhereTheServiceFailsTwiceInThreeSeconds) {
  Recording recording = AtRest();
  EXPECT_FALSE(FindBreach(recording, Of("unknown"), kOnset));
  Set(recording, "request_failures", {30, 31}, 1);
  EXPECT_FALSE(FindBreach(recording, Of("unknown"), kOnset));
  Set(recording, "request_latency", {32, 33}, 0.7);
  EXPECT_EQ(FindBreach(recording, Of("unknown"), kOnset), kStart + 32);
}

TEST(BreachTest, IsWhereTheFaultItselfIsThere) {
  Recording recording = AtRest();
  Set(recording, "disk_used", {40, kRows}, 0.99);
  EXPECT_EQ(FindBreach(recording, Of("disk_full"), kOnset), kStart + 42);
  EXPECT_FALSE(FindBreach(recording, Of("memory_leak"), kOnset));
}

TEST(BreachTest, NeverIsInANullRun) {
  Recording recording = AtRest();
  Set(recording, "disk_used", {40, kRows}, 0.99);
  EXPECT_FALSE(FindBreach(recording, Of(""), kOnset));
}

TEST(FlawTest, IsAServiceThatBreaksWithoutAFault) {
  Recording recording = AtRest();
  EXPECT_FALSE(FindFlaw(recording, Of("disk_full"), kOnset));
  Set(recording, "request_failures", {30, 33}, 1);
  EXPECT_FALSE(FindFlaw(recording, Of("disk_full"), kOnset));
  EXPECT_TRUE(FindFlaw(recording, Of(""), kOnset));
}

TEST(FlawTest, IsAHostThatHasNoTimeForAGuestThatNobodyLimits) {
  Recording recording = AtRest();
  Set(recording, "cpu_denied", {10, 13}, 0.5);
  EXPECT_TRUE(FindFlaw(recording, Of("cpu_denied"), kOnset));
  recording = AtRest();
  Set(recording, "cpu_denied", {30, 40}, 0.5);
  EXPECT_FALSE(FindFlaw(recording, Of("cpu_denied"), kOnset));
  Set(recording, "request_latency", {5, 6}, 0.6);
  Set(recording, "request_latency", {15, 16}, 0.6);
  EXPECT_TRUE(FindFlaw(recording, Of("cpu_denied"), kOnset));
}

TEST(FlawTest, IsTelemetryThatIsMissingWithoutAFault) {
  Recording recording = AtRest();
  Set(recording, "cpu_usage", {25, kRows}, NAN);
  EXPECT_FALSE(FindFlaw(recording, Of("network_degradation"), kOnset));
  Set(recording, "cpu_usage", {5, 10}, NAN);
  EXPECT_TRUE(FindFlaw(recording, Of("network_degradation"), kOnset));
}

TEST(CsvTest, HasARowPerSecondAndNothingWhereNothingWasMeasured) {
  Recording recording{.signals = {"a", "b"}, .start = 1000, .columns = {{1.23456789, 2}, {NAN, 1e9}}};
  EXPECT_EQ(ToCsv(recording), "timestamp,a,b\n1000,1.2346,\n1001,2,1e+09\n");
}

}  // namespace
}  // namespace forewarn::campaign
