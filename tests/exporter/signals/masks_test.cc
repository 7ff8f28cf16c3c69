// SPDX-License-Identifier: Apache-2.0
#include "exporter/signals/masks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/exporter/signals/history.h"

namespace forewarn::signals {
namespace {

using base::Error;
using base::ErrorCode;
using testing::ElementsAre;
using testing::SizeIs;

Settings WithCircumstances() {
  auto settings = SettingsOf({"a"});
  settings.circumstances = {"mitigated", "experiments", "maintenance", "injections", "successes"};
  return settings;
}

// A series of `value` at the steps from `from` to `to`.
promql::Series During(const std::string& domain, double from, double to, double value) {
  promql::Series series{{}, {}, {}};
  if (!domain.empty()) series.labels.emplace_back("domain", domain);
  for (double time = from; time <= to; ++time) {
    series.times.push_back(time);
    series.values.push_back(value);
  }
  return series;
}

TEST(ReadRange, SaysWhatWasMitigatedAndWhatWasMasked) {
  History history(
      [](const Asked& asked) -> Matrix {
        if (asked.expr == "mitigated") return {During("vm1", 3, 5, 1), During("vm2", 3, 5, 0), During("", 4, 4, 1)};
        if (asked.expr == "experiments") return {During("vm2", 5, 6, 1), During("elsewhere", 0, 9, 1)};
        if (asked.expr == "maintenance") return {During("vm1", 6, 7, 1), During("vm1", 7, 8, 2)};
        if (asked.expr == "injections") return {};
        return {SeriesOf("vm1", asked), SeriesOf("vm2", asked)};
      },
      WithCircumstances());
  ASSERT_TRUE(history.Read({.start = 0, .end = 9, .step = 1}));
  ASSERT_THAT(history.readings, SizeIs(10));
  const auto holds = [](const std::vector<bool>& mask, std::size_t slot) { return slot < mask.size() && mask[slot]; };
  for (std::size_t i = 0; i < 10; ++i) {
    const auto& masks = history.readings[i].masks;
    EXPECT_TRUE(masks.known);
    EXPECT_EQ(holds(masks.mitigated, 0), i >= 3 && i <= 5) << i;
    EXPECT_FALSE(holds(masks.mitigated, 1)) << i;
    EXPECT_EQ(holds(masks.masked, 0), i >= 6 && i <= 8) << i;
    EXPECT_EQ(holds(masks.masked, 1), i == 5 || i == 6) << i;
    EXPECT_EQ(history.readings[i].dropped.no_domain, i == 4 ? 1u : 0u);
  }
  EXPECT_EQ(history.reader->instances().size(), 2u);  // who is elsewhere is none of ours
  EXPECT_LE(history.client->most(), 2);
}

TEST(ReadRange, SaysWhatWasInjectedWhen) {
  History history(
      [](const Asked& asked) -> Matrix {
        EXPECT_NE(asked.expr, "successes");  // they are of the present
        if (asked.expr == "injections") {
          auto injected = During("vm2", 3, 5, 1);
          injected.labels.emplace_back("fault", "DiskContention");
          return {injected};
        }
        if (asked.expr != "expr_a") return {};
        return {SeriesOf("vm1", asked), SeriesOf("vm2", asked)};
      },
      WithCircumstances());
  ASSERT_TRUE(history.Read({.start = 0, .end = 9, .step = 1}));
  for (std::size_t i = 0; i < 10; ++i) {
    const auto& reading = history.readings[i];
    ASSERT_THAT(reading.injections, SizeIs(i >= 3 && i <= 5 ? 1 : 0)) << i;
    if (reading.injections.empty()) continue;
    EXPECT_EQ(reading.injections[0].instance, 1u);
    EXPECT_EQ(reading.injections[0].fault, "DiskContention");
    EXPECT_THAT(reading.masks.masked, ElementsAre(false, true));
  }
}

// Whoever is away for a whole window is known by its name still, as a tick would know it.
TEST(ReadRange, KnowsTheCircumstancesOfWhoIsAway) {
  History history(
      [](const Asked& asked) -> Matrix {
        if (asked.expr == "maintenance") return {During("vm2", asked.start, asked.end, 1)};
        if (asked.expr != "expr_a") return {};
        Matrix matrix = {SeriesOf("vm1", asked)};
        if (asked.start < 16) matrix.push_back(SeriesOf("vm2", asked));
        return matrix;
      },
      WithCircumstances());
  ASSERT_TRUE(history.Read({.start = 0, .end = 20, .step = 1}));
  EXPECT_TRUE(telemetry::IsMissing(history.readings[20].snapshot.At(0, 1)));
  EXPECT_THAT(history.readings[20].masks.masked, ElementsAre(false, true));
}

TEST(ReadRange, SaysThatTheCircumstancesWereUnknown) {
  for (const std::string failing : {"mitigated", "experiments", "maintenance", "injections"}) {
    History history(
        [&](const Asked& asked) -> base::Result<Matrix> {
          if (asked.expr == failing && asked.start < 16) return Error{ErrorCode::kUnavailable, "down"};
          return asked.expr == "expr_a" ? Matrix{SeriesOf("vm1", asked)} : Matrix{};
        },
        WithCircumstances());
    ASSERT_TRUE(history.Read({.start = 0, .end = 20, .step = 1}));
    ASSERT_THAT(history.readings, SizeIs(21));
    for (std::size_t i = 0; i < 21; ++i) EXPECT_EQ(history.readings[i].masks.known, i >= 16) << failing << i;
    ASSERT_THAT(history.readings[0].errors, SizeIs(1));
    EXPECT_EQ(history.readings[0].errors[0].signal, failing);
    EXPECT_THAT(history.readings[1].errors, SizeIs(0));
    EXPECT_EQ(history.readings[0].snapshot.At(0, 0), 0);
  }
}

}  // namespace
}  // namespace forewarn::signals
