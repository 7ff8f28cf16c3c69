// SPDX-License-Identifier: Apache-2.0
#include "cli/backtest/csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace forewarn::backtest {
namespace {

using testing::ElementsAre;

// All rows as copies; what was wrong is in `error`.
std::vector<std::vector<std::string>> Rows(const std::string& text, std::string& error) {
  std::vector<std::vector<std::string>> rows;
  auto csv = Csv::Parse("f.csv", text);
  if (!csv) {
    error = csv.error().message;
    return rows;
  }
  std::vector<std::string_view> cells;
  while (csv->Next(cells)) rows.emplace_back(cells.begin(), cells.end());
  if (!csv->error()) error = csv->error().error().message;
  return rows;
}

std::vector<std::vector<std::string>> GoodRows(const std::string& text) {
  std::string error;
  auto rows = Rows(text, error);
  EXPECT_EQ(error, "");
  return rows;
}

std::string ErrorOf(const std::string& text) {
  std::string error;
  Rows(text, error);
  return error;
}

TEST(Csv, ReadsRows) {
  EXPECT_THAT(GoodRows("a,b\n1,2\n3,4\n"), ElementsAre(ElementsAre("1", "2"), ElementsAre("3", "4")));
  EXPECT_THAT(GoodRows("a,b\r\n1,2\r\n\r\n3,4"), ElementsAre(ElementsAre("1", "2"), ElementsAre("3", "4")));
  EXPECT_THAT(GoodRows("a,b,c\n,,\n1,,"), ElementsAre(ElementsAre("", "", ""), ElementsAre("1", "", "")));
  EXPECT_THAT(GoodRows("\xEF\xBB\xBF"
                       "a\n1\n"),
              ElementsAre(ElementsAre("1")));
  EXPECT_THAT(GoodRows("a\n"), ElementsAre());
}

TEST(Csv, ReadsQuotes) {
  EXPECT_THAT(GoodRows("a,b\n\"1,2\",\"say \"\"x\"\"\"\n\"\",y\n"),
              ElementsAre(ElementsAre("1,2", "say \"x\""), ElementsAre("", "y")));
  EXPECT_THAT(GoodRows("a,b\n\"two\nlines\",\"x\"\r\n"), ElementsAre(ElementsAre("two\nlines", "x")));
}

TEST(Csv, SaysWhereItIsWrong) {
  EXPECT_EQ(ErrorOf(""), "f.csv:0: header: missing");
  EXPECT_EQ(ErrorOf("a,b\n1,2\n\n3\n"), "f.csv:4: row: 1 cells where the header has 2");
  EXPECT_EQ(ErrorOf("a,b\n\"x\ny\",1\n1,2,3\n"), "f.csv:4: row: 3 cells where the header has 2");
  EXPECT_EQ(ErrorOf("a,b\n\"1,2\n"), "f.csv:2: row: a quote is not closed");
  EXPECT_EQ(ErrorOf("a,b\n\"1\"x,2\n"), "f.csv:2: row: text after a closing quote");
  EXPECT_EQ(Csv::Load("/does/not/exist.csv").error().message, "/does/not/exist.csv: cannot be read");
}

TEST(Csv, FindsColumns) {
  const auto csv = Csv::Parse("f.csv", "a,b\n");
  ASSERT_TRUE(csv);
  EXPECT_EQ(csv->Find("b"), 1u);
  EXPECT_EQ(csv->Find("c"), 2u);
}

}  // namespace
}  // namespace forewarn::backtest
