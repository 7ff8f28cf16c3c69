// SPDX-License-Identifier: Apache-2.0
#include "cli/backtest/mapping.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace forewarn::backtest {
namespace {

using telemetry::IsMissing;
using telemetry::kMissing;
using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> Names(const std::vector<Derived>& derived) {
  std::vector<std::string> names;
  for (const auto& one : derived) names.push_back(one.signal);
  return names;
}

TEST(Mapping, LeavesColumnsThatNoLineNames) {
  const auto derived = Mapping().Of("any", {"a", "b"});
  ASSERT_TRUE(derived);
  EXPECT_THAT(Names(*derived), ElementsAre("a", "b"));
  EXPECT_EQ((*derived)[1].column, 1u);
  EXPECT_EQ((*derived)[1].conversion.factor, 1);
}

TEST(Mapping, GoesByGlobsOfSeriesAndColumn) {
  const auto mapping = Mapping::Parse("m.yaml", R"(
mappings:
  - series: 'web/*'
    columns:
      - {column: Cpu, signal: cpu_usage, factor: 0.01}
      - {column: '*_total', rate: true}
      - {column: 'Note*', drop: true}
  - series: '*'
    columns:
      - {column: Free, signal: memory_pressure, factor: -1, offset: 1}
      - {column: Free, signal: memory_available}
)");
  ASSERT_TRUE(mapping) << mapping.error().message;
  const auto web = mapping->Of("web/a/1", {"Cpu", "in_total", "Notes", "Free", "other"});
  ASSERT_TRUE(web) << web.error().message;
  EXPECT_THAT(Names(*web), ElementsAre("cpu_usage", "in_total", "memory_pressure", "memory_available", "other"));
  EXPECT_EQ((*web)[0].conversion.factor, 0.01);
  EXPECT_TRUE((*web)[1].conversion.rate);
  EXPECT_EQ((*web)[2].column, 3u);
  EXPECT_EQ((*web)[3].column, 3u);
  EXPECT_THAT(Names(*mapping->Of("db", {"Cpu", "Free"})), ElementsAre("Cpu", "memory_pressure", "memory_available"));
}

TEST(Mapping, NeverGuessesBetweenTwoColumns) {
  const auto mapping =
      Mapping::Parse("m.yaml", "mappings:\n  - series: '*'\n    columns:\n      - {column: 'c*', signal: cpu_usage}\n");
  ASSERT_TRUE(mapping);
  const auto derived = mapping->Of("s", {"c1", "c2"});
  ASSERT_FALSE(derived);
  EXPECT_THAT(derived.error().message, HasSubstr("m.yaml:4: mappings[0].columns[0]: c1 and c2 of s would both be"));
  EXPECT_FALSE(mapping->Of("s", {"c1", "cpu_usage"}));
  EXPECT_FALSE(mapping->Of("s", {"x", "x"}));
}

TEST(Mapping, SaysWhatIsWrong) {
  const auto error = [](const std::string& text) {
    const auto mapping = Mapping::Parse("m.yaml", text);
    return mapping ? "" : mapping.error().message;
  };
  EXPECT_THAT(error("mapping: []\n"), HasSubstr("m.yaml:1: mapping: "));
  EXPECT_THAT(error("mappings:\n  - {series: 'a'}\n"), HasSubstr("m.yaml:2: mappings[0]"));
  EXPECT_THAT(error("mappings:\n  - series: a\n    columns:\n      - {signal: x}\n"), HasSubstr("m.yaml:4: "));
  const auto several = error(
      "mappings:\n  - series: a\n    columns:\n      - {column: x, factor: much}\n"
      "      - {column: x, rate: sometimes}\n");
  EXPECT_THAT(several, HasSubstr("m.yaml:4: mappings[0].columns[0].factor"));
  EXPECT_THAT(several, HasSubstr("m.yaml:5: mappings[0].columns[1].rate"));
  EXPECT_THAT(Mapping::Load("/does/not/exist.yaml").error().message, HasSubstr("cannot be read"));
}

TEST(Mapping, TheCommittedOneIsGood) {
  const auto mapping = Mapping::Load(FOREWARN_SOURCE_DIR "/tests/data/signals.yaml");
  ASSERT_TRUE(mapping) << mapping.error().message;
  const auto pod = mapping->Of("nezha/2022-08-22/x", {"CpuUsage_m", "CpuUsageRate_pct", "PodClientLatencyP90_s",
                                                      "PodClientLatencyP99_s", "NodeCpuUsageRate_pct"});
  ASSERT_TRUE(pod);
  EXPECT_THAT(Names(*pod), ElementsAre("cpu_usage", "request_latency"));
  EXPECT_THAT(Names(*mapping->Of("nab/aws/x", {"value"})), ElementsAre("value"));
}

TEST(Converter, IsLinear) {
  Converter converter({.factor = -0.01, .offset = 1});
  EXPECT_DOUBLE_EQ(converter.Next(0, 25), 0.75);
  EXPECT_TRUE(IsMissing(converter.Next(1, kMissing)));
}

TEST(Converter, TakesRatesOfCounters) {
  Converter converter({.factor = 8, .rate = true});
  EXPECT_TRUE(IsMissing(converter.Next(100, 1000)));
  EXPECT_DOUBLE_EQ(converter.Next(110, 1050), 40);
  EXPECT_TRUE(IsMissing(converter.Next(120, kMissing)));
  EXPECT_DOUBLE_EQ(converter.Next(130, 1150), 40);  // over the gap
  EXPECT_DOUBLE_EQ(converter.Next(140, 20), 16);    // began anew at 0
  EXPECT_DOUBLE_EQ(converter.Next(150, 20), 0);
}

}  // namespace
}  // namespace forewarn::backtest
