// SPDX-License-Identifier: Apache-2.0
#include "exporter/signals/backfill.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "tests/exporter/signals/history.h"

namespace forewarn::signals {
namespace {

using base::Error;
using base::ErrorCode;
using testing::ElementsAre;
using testing::SizeIs;

TEST(StepsOf, AreTheMultiplesWithinTheRange) {
  const Steps steps = StepsOf({.start = 1001, .end = 1060, .step = 15});
  EXPECT_EQ(steps.count, 4u);
  EXPECT_EQ(steps.TimeOf(0), 1005);
  EXPECT_EQ(steps.TimeOf(3), 1050);
  EXPECT_EQ(StepsOf({.start = 0.3, .end = 0.9, .step = 0.1}).count, 7u);
  EXPECT_EQ(StepsOf({.start = 15, .end = 15, .step = 15}).count, 1u);
  EXPECT_EQ(StepsOf({.start = 16, .end = 29, .step = 15}).count, 0u);
  EXPECT_EQ(StepsOf({.start = 30, .end = 15, .step = 15}).count, 0u);
  EXPECT_EQ(StepsOf({.start = 0, .end = 15, .step = 0}).count, 0u);
}

TEST(ReadRange, GivesEachStepAsATick) {
  History history(
      [](const Asked& asked) -> Matrix {
        if (asked.expr == "expr_b") return {SeriesOf("vm2", asked)};
        return {SeriesOf("vm1", asked), SeriesOf("vm2", asked)};
      },
      SettingsOf({"a", "b"}));
  ASSERT_TRUE(history.Read({.start = 1000, .end = 1600, .step = 10}));
  ASSERT_THAT(history.readings, SizeIs(61));
  for (std::size_t i = 0; i < 61; ++i) {
    const auto& snapshot = history.readings[i].snapshot;
    const double time = 1000 + 10 * static_cast<double>(i);
    EXPECT_EQ(snapshot.time, time);
    EXPECT_EQ(snapshot.At(0, 0), time);
    EXPECT_EQ(snapshot.At(0, 1), time);
    EXPECT_TRUE(telemetry::IsMissing(snapshot.At(1, 0)));
    EXPECT_EQ(snapshot.At(1, 1), time);
    EXPECT_EQ(history.readings[i].answered, 2u);
    EXPECT_EQ(history.readings[i].series, 3u);
  }
  EXPECT_EQ(history.reader->instances().NameOf(1), "vm2");
  EXPECT_EQ(history.readings[0].snapshot.instances, &history.reader->instances());
  EXPECT_EQ(history.readings[0].snapshot.signals, &history.reader->signals());
}

TEST(ReadRange, LeavesGapsAsGaps) {
  History history(
      [](const Asked& asked) -> Matrix {
        auto series = SeriesOf("vm1", asked);
        if (series.times.size() > 2) {
          series.times.erase(series.times.begin() + 1);
          series.values.erase(series.values.begin() + 1);
        }
        return {series};
      },
      SettingsOf({"a"}));
  ASSERT_TRUE(history.Read({.start = 0, .end = 40, .step = 10}));
  ASSERT_THAT(history.readings, SizeIs(5));
  EXPECT_EQ(history.readings[0].snapshot.At(0, 0), 0);
  EXPECT_TRUE(telemetry::IsMissing(history.readings[1].snapshot.At(0, 0)));
  EXPECT_EQ(history.readings[2].snapshot.At(0, 0), 20);
}

TEST(ReadRange, DropsAndCountsWhatItWouldHaveToGuess) {
  History history(
      [](const Asked& asked) -> Matrix {
        auto infinite = SeriesOf("inf", asked);
        infinite.values[0] = std::numeric_limits<double>::infinity();
        auto nameless = SeriesOf("x", asked);
        nameless.labels = {{"job", "x"}};
        auto second = SeriesOf("two", asked);
        second.times.resize(1);
        second.values.resize(1);
        return {infinite, nameless, SeriesOf("two", asked), second, second, SeriesOf("good", asked)};
      },
      SettingsOf({"a"}));
  ASSERT_TRUE(history.Read({.start = 10, .end = 20, .step = 10}));
  ASSERT_THAT(history.readings, SizeIs(2));
  const auto at = [&](std::size_t step, const char* name) {
    return history.readings[step].snapshot.At(0, static_cast<std::uint32_t>(history.reader->instances().Find(name)));
  };
  EXPECT_TRUE(telemetry::IsMissing(at(0, "inf")));
  EXPECT_TRUE(telemetry::IsMissing(at(0, "two")));
  EXPECT_EQ(at(0, "good"), 10);
  EXPECT_EQ(at(1, "inf"), 20);
  EXPECT_EQ(at(1, "two"), 20);
  EXPECT_EQ(history.readings[0].dropped.no_domain, 1u);
  EXPECT_EQ(history.readings[0].dropped.ambiguous, 3u);
  EXPECT_EQ(history.readings[0].dropped.not_finite, 1u);
  EXPECT_EQ(history.readings[1].dropped.ambiguous, 0u);
}

TEST(ReadRange, AsksInWindowsWithTwoInFlight) {
  History history([](const Asked& asked) -> Matrix { return {SeriesOf("vm1", asked)}; }, SettingsOf({"a", "b", "c"}));
  ASSERT_TRUE(history.Read({.start = 0, .end = 25'000, .step = 1}));
  EXPECT_THAT(history.readings, SizeIs(25'001));
  EXPECT_LE(history.client->most(), 2);
  std::map<std::string, double> next;  // by expression: where its next window is to begin
  for (const auto& asked : history.client->asked()) {
    EXPECT_LE(asked.steps(), 11'000u);
    EXPECT_EQ(asked.start, next[asked.expr]);
    next[asked.expr] = asked.end + 1;
  }
  EXPECT_EQ(next["expr_c"], 25'001);
  for (std::size_t i = 1; i < history.readings.size(); ++i) {
    ASSERT_EQ(history.readings[i].snapshot.At(2, 0), static_cast<double>(i));
  }
}

TEST(ReadRange, KeepsWindowsOfLargeFleetsShort) {
  History history(
      [](const Asked& asked) {
        Matrix matrix;
        for (int i = 0; i < 20'000; ++i) matrix.push_back(SeriesOf("vm" + std::to_string(i), asked));
        return matrix;
      },
      SettingsOf({"a", "b", "c", "d"}));
  std::size_t ticks = 0;
  ASSERT_TRUE(history.reader->ReadRange({.start = 0, .end = 299, .step = 1}, [&](const Reading&) { ++ticks; }));
  EXPECT_EQ(ticks, 300u);
  for (const auto& asked : history.client->asked()) EXPECT_LE(asked.steps() * 20'000 * 4, 20'000'000u);
}

TEST(ReadRange, AsksForLessWhereItWasTooMuch) {
  for (const auto code : {ErrorCode::kInvalid, ErrorCode::kTimeout}) {
    History history(
        [code](const Asked& asked) -> base::Result<Matrix> {
          if (asked.steps() > 5) return Error{code, "exceeded maximum resolution"};
          return Matrix{SeriesOf("vm1", asked)};
        },
        SettingsOf({"a"}));
    ASSERT_TRUE(history.Read({.start = 1, .end = 100, .step = 1}));
    ASSERT_THAT(history.readings, SizeIs(100));
    for (std::size_t i = 0; i < 100; ++i) EXPECT_EQ(history.readings[i].snapshot.At(0, 0), static_cast<double>(i + 1));
    EXPECT_LT(history.client->asked().size(), 40u);  // what was good enough is kept
  }
}

TEST(ReadRange, OneSignalsErrorLeavesTheOthers) {
  History history(
      [](const Asked& asked) -> base::Result<Matrix> {
        if (asked.expr == "expr_a") return Error{ErrorCode::kInvalid, "parse error"};
        return Matrix{SeriesOf("vm1", asked)};
      },
      SettingsOf({"a", "b"}));
  ASSERT_TRUE(history.Read({.start = 0, .end = 9, .step = 1}));
  ASSERT_THAT(history.readings, SizeIs(10));
  ASSERT_THAT(history.readings[0].errors, SizeIs(1));
  EXPECT_EQ(history.readings[0].errors[0].signal, "a");
  EXPECT_EQ(history.readings[0].answered, 1u);
  EXPECT_THAT(history.readings[1].errors, SizeIs(0));
  EXPECT_EQ(history.readings[9].snapshot.At(1, 0), 9);
}

TEST(ReadRange, EndsWhereNobodyAnswers) {
  History history(
      [](const Asked& asked) -> base::Result<Matrix> {
        if (asked.end > 15) return Error{ErrorCode::kUnavailable, "down"};
        return Matrix{SeriesOf("vm1", asked)};
      },
      SettingsOf({"a"}));
  const auto read = history.Read({.start = 0, .end = 99, .step = 1});
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(history.readings, SizeIs(16));
  EXPECT_EQ(history.Read({.start = 99, .end = 0, .step = 1}).error().code, ErrorCode::kInvalid);
}

TEST(ReadRange, SaysWhereInstancesRun) {
  auto settings = SettingsOf({"a"});
  settings.instances = "where";
  History history(
      [](const Asked& asked) -> Matrix {
        if (asked.expr == "expr_a") return {SeriesOf("vm1", asked), SeriesOf("vm2", asked), SeriesOf("vm3", asked)};
        Matrix matrix;
        for (const auto& [domain, hypervisor] :
             {std::pair("vm1", "h1"), std::pair("vm2", "h1"), std::pair("vm2", "h2"), std::pair("vm3", "h2")}) {
          matrix.push_back(SeriesOf(domain, asked));
          matrix.back().labels.emplace_back("hypervisor", hypervisor);
        }
        return matrix;
      },
      settings);
  ASSERT_TRUE(history.Read({.start = 0, .end = 1, .step = 1}));
  EXPECT_THAT(history.readings[1].hypervisors, ElementsAre("h1", "", "h2"));
  EXPECT_EQ(history.readings[1].dropped.ambiguous, 2u);
}

TEST(ReadRange, StopsWhenAsked) {
  std::stop_source stop;
  History history([](const Asked& asked) -> Matrix { return {SeriesOf("vm1", asked)}; }, SettingsOf({"a"}));
  std::size_t ticks = 0;
  const auto use = [&](const Reading&) {
    if (++ticks == 3) stop.request_stop();
  };
  EXPECT_TRUE(history.reader->ReadRange({.start = 0, .end = 1e6, .step = 1, .stop = stop.get_token()}, use));
  EXPECT_EQ(ticks, 3u);
  EXPECT_THAT(history.client->asked(), SizeIs(1));
}

}  // namespace
}  // namespace forewarn::signals
