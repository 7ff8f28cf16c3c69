// SPDX-License-Identifier: Apache-2.0
#include "cli/backtest/time_text.h"

#include <gtest/gtest.h>

#include "cli/backtest/backtest.h"

namespace forewarn::backtest {
namespace {

TEST(ParseTime, ReadsSecondsAndDates) {
  EXPECT_EQ(ParseTime("1661140279"), 1661140279);
  EXPECT_EQ(ParseTime(" 1661140279.25 "), 1661140279.25);
  EXPECT_EQ(ParseTime("-1"), -1);
  EXPECT_EQ(ParseTime("1970-01-02"), 86400);
  EXPECT_EQ(ParseTime("2014-02-14 14:30:00"), 1392388200);
  EXPECT_EQ(ParseTime("2014-02-14T14:30:00Z"), 1392388200);
  EXPECT_EQ(ParseTime("2014-02-14 14:30"), 1392388200);
  EXPECT_EQ(ParseTime("2014-02-14T14:30:00.500"), 1392388200.5);
  EXPECT_EQ(ParseTime("2014-02-14T16:30:00+02:00"), 1392388200);
  EXPECT_EQ(ParseTime("2014-02-14T09:00:00-0530"), 1392388200);
}

TEST(ParseTime, RefusesTheRest) {
  for (const char* text :
       {"", "yesterday", "2014-02-30", "2014-2-14", "2014-02-14 25:00", "2014-02-14 14:60", "2014-02-14 14:30:00 CET",
        "2014-02-14 14:30:00.", "2014-02-14 14", "2014-02-14 14:30+1", "12 34", "inf", "nan", "0x10"}) {
    EXPECT_FALSE(ParseTime(text)) << text;
  }
}

TEST(ParseMoment, ReadsTimesAndHowLongAgo) {
  EXPECT_EQ(ParseMoment("1000", 5000), 1000);
  EXPECT_EQ(ParseMoment("1h", 5000), 1400);
  EXPECT_EQ(ParseMoment("1970-01-01 00:01", 5000), 60);
  EXPECT_FALSE(ParseMoment("soon", 5000));
  EXPECT_FALSE(ParseMoment("", 5000));
}

}  // namespace
}  // namespace forewarn::backtest
