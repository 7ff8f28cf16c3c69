// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/config/yaml.h"

namespace forewarn::config {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

TEST(Duration, ReadsPrometheusForm) {
  EXPECT_EQ(*ParseDuration("0"), seconds(0));
  EXPECT_EQ(*ParseDuration("0s"), seconds(0));
  EXPECT_EQ(*ParseDuration("500ms"), milliseconds(500));
  EXPECT_EQ(*ParseDuration("15s"), seconds(15));
  EXPECT_EQ(*ParseDuration("5m"), minutes(5));
  EXPECT_EQ(*ParseDuration("1h30m"), minutes(90));
  EXPECT_EQ(*ParseDuration("1d"), hours(24));
  EXPECT_EQ(*ParseDuration("2w"), hours(24 * 14));
  EXPECT_EQ(*ParseDuration("1y"), hours(24 * 365));
  EXPECT_EQ(*ParseDuration("1m1ms"), milliseconds(60001));
}

TEST(Duration, RefusesEverythingElse) {
  for (const char* bad : {"",    "1",    "s",   "-1s",  "+1s",  "1.5s", "1s ",
                          " 1s", "1 s",  "1S",  "1sec", "1m1h", "1s1s", "1ms1s",
                          "00",  "0x1s", "1µs", "1ns",  "1s\n", "five", "18446744073709551616s"}) {
    const auto duration = ParseDuration(bad);
    ASSERT_FALSE(duration) << bad;
    EXPECT_THAT(duration.error().message, ::testing::StartsWith("not a duration")) << bad;
  }
}

TEST(Duration, RefusesWhatItCannotHold) {
  EXPECT_TRUE(ParseDuration("292y"));
  for (const char* bad : {"293y", "292y52w", "18446744073709551615ms", "99999999999999w"}) {
    ASSERT_FALSE(ParseDuration(bad)) << bad;
    EXPECT_EQ(ParseDuration(bad).error().message, "too long a duration");
  }
}

TEST(Duration, WritesAsPrometheusDoes) {
  EXPECT_EQ(FormatDuration(seconds(0)), "0s");
  EXPECT_EQ(FormatDuration(milliseconds(324)), "324ms");
  EXPECT_EQ(FormatDuration(seconds(3)), "3s");
  EXPECT_EQ(FormatDuration(seconds(5 * 60)), "5m");
  EXPECT_EQ(FormatDuration(minutes(90)), "1h30m");
  EXPECT_EQ(FormatDuration(hours(24 * 4) + hours(1)), "4d1h");
  EXPECT_EQ(FormatDuration(hours(24 * 14)), "2w");
  EXPECT_EQ(FormatDuration(hours(24 * 8)), "8d");
  EXPECT_EQ(FormatDuration(hours(24 * 365)), "1y");
  EXPECT_EQ(FormatDuration(hours(24 * 366)), "366d");
}

TEST(Duration, WhatIsWrittenReadsBackTheSame) {
  for (std::int64_t ms = 1; ms < 1'000'000'000'000; ms = ms * 7 + 3) {
    EXPECT_EQ(*ParseDuration(FormatDuration(milliseconds(ms))), milliseconds(ms));
  }
}

}  // namespace
}  // namespace forewarn::config
