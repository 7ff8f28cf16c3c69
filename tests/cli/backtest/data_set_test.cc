// SPDX-License-Identifier: Apache-2.0
#include "cli/backtest/data_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "predictor/telemetry/snapshot.h"
#include "tests/cli/backtest/files.h"

namespace forewarn::backtest {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

TEST(LoadSeries, ReadsWhatIsAskedFor) {
  Files files;
  files.Write("series.csv", "series,file,scored_from\na/1,a1.csv,\na/2,a2.csv,1970-01-01 00:01\nb/1,b1.csv,5\n");
  const auto all = LoadSeries(files.path(), {});
  ASSERT_TRUE(all);
  ASSERT_THAT(*all, SizeIs(3));
  EXPECT_EQ((*all)[1].path, files.Path("a2.csv"));
  EXPECT_EQ((*all)[1].scored_from, 60);
  EXPECT_FALSE((*all)[0].scored_from);
  const auto some = LoadSeries(files.path(), {"a/2", "b/"});
  ASSERT_TRUE(some);
  ASSERT_THAT(*some, SizeIs(2));
  EXPECT_EQ((*some)[1].name, "b/1");
}

TEST(LoadSeries, SaysWhatIsWrong) {
  Files files;
  const auto error = [&](const std::string& text, const std::vector<std::string>& only) {
    files.Write("series.csv", text);
    const auto series = LoadSeries(files.path(), only);
    return series ? "" : series.error().message;
  };
  EXPECT_THAT(error("series,file\na,a.csv\na,b.csv\n", {}), HasSubstr("series.csv:3: series: a is there twice"));
  EXPECT_THAT(error("series,file\na,\n", {}), HasSubstr("series.csv:2: file: missing"));
  EXPECT_THAT(error("name,file\na,a.csv\n", {}), HasSubstr("series.csv:2: series: missing"));
  EXPECT_THAT(error("series,file,scored_from\na,a.csv,x\n", {}), HasSubstr("series.csv:2: scored_from: not a time: x"));
  EXPECT_THAT(error("series,file\na,a.csv\n", {"b"}), HasSubstr("none that --only names"));
  EXPECT_THAT(LoadSeries("/does/not/exist", {}).error().message, HasSubstr("series.csv: cannot be read"));
}

TEST(LoadLabels, ReadsWindowsInOrder) {
  Files files;
  const auto path = files.Write("labels.csv",
                                "series,start,end,onset,breach,fault_type,detail\n"
                                "a,200,300,,250,disk_full,\"x, y\"\na,100,150,120,,,gradual: z\nb,1,2,,,,abrupt: z\n");
  const auto labels = LoadLabels(path);
  ASSERT_TRUE(labels);
  const auto& of_a = labels->find("a")->second;
  ASSERT_THAT(of_a, SizeIs(2));
  EXPECT_EQ(of_a[0].start, 100);
  EXPECT_FALSE(of_a[0].breach);
  EXPECT_EQ(of_a[1].breach, 250);
  EXPECT_EQ(of_a[1].fault_type, "disk_full");
  EXPECT_EQ(of_a[0].onset, 120);
  EXPECT_FALSE(of_a[1].onset);
  EXPECT_EQ(of_a[0].manner, Manner::kGradual);
  EXPECT_EQ(of_a[1].manner, Manner::kUnknown);
  EXPECT_EQ(labels->find("b")->second[0].manner, Manner::kAbrupt);
  const auto error = [&](const std::string& text) { return LoadLabels(files.Write("x.csv", text)).error().message; };
  EXPECT_THAT(error("series,start,end\na,2,1\n"), HasSubstr("x.csv:2: end: before the start"));
  EXPECT_THAT(error("series,start\na,2\n"), HasSubstr("x.csv:2: end: missing"));
}

TEST(LoadRecording, ReadsNumbersAndGaps) {
  Files files;
  const auto recording =
      LoadRecording(files.Write("a.csv", "timestamp,x,y\n2014-02-14 14:30:00,1.5,\n1392388260,NaN,-2e3\n"));
  ASSERT_TRUE(recording);
  EXPECT_THAT(recording->columns, ElementsAre("x", "y"));
  EXPECT_THAT(recording->stamps, ElementsAre("2014-02-14 14:30:00", "1392388260"));
  EXPECT_THAT(recording->times, ElementsAre(1392388200, 1392388260));
  EXPECT_EQ(recording->values[0][0], 1.5);
  EXPECT_TRUE(telemetry::IsMissing(recording->values[0][1]));
  EXPECT_TRUE(telemetry::IsMissing(recording->values[1][0]));
  EXPECT_EQ(recording->values[1][1], -2000);
  const auto error = [&](const std::string& text) { return LoadRecording(files.Write("x.csv", text)).error().message; };
  EXPECT_THAT(error("time,x\n1,1\n"), HasSubstr("x.csv:1: header: the first column is not timestamp"));
  EXPECT_THAT(error("timestamp,x\n1,1\nx,1\n"), HasSubstr("x.csv:3: timestamp: not a time: x"));
  EXPECT_THAT(error("timestamp,x\n1,1\n2,one\n"), HasSubstr("x.csv:3: x: not a number: one"));
}

TEST(Recording, KnowsItsStepAndWhereItCounts) {
  Recording recording;
  EXPECT_EQ(recording.step(), 1);
  for (int i = 0; i < 100; ++i) recording.times.push_back(60 * i + (i > 50 ? 1000 : 0));
  EXPECT_EQ(recording.step(), 60);
  EXPECT_EQ(recording.ScoredFrom({}), 60 * 15);
  EXPECT_EQ(recording.ScoredFrom({"a", "a.csv", 7}), 7);
  recording.times.assign(10'000, 0);
  for (int i = 0; i < 10'000; ++i) recording.times[static_cast<std::size_t>(i)] = i;
  EXPECT_EQ(recording.ScoredFrom({}), 750);
}

}  // namespace
}  // namespace forewarn::backtest
