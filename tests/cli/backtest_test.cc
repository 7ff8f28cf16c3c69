// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <sstream>

#include "tests/cli/fixture.h"

namespace forewarn::cli {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

// Two quiet machines, a row a minute, of which one has a burst that labels.csv knows of.
class BacktestTest : public CliTest {
 protected:
  void SetUp() override {
    Write("series.csv", "series,file,scored_from\nweb/1,web1.csv,\nweb/2,web2.csv,\ndb/1,db1.csv,\n");
    Write("labels.csv",
          "series,start,end,onset,breach,fault_type,detail\nweb/2,1000024000,1000025200,1000024000,,,burst\n");
    Write("web1.csv", Machine(700, -1));
    Write("web2.csv", Machine(700, 400));
    Write("db1.csv", "timestamp,value\n2001-09-09 01:46:40,1\n2001-09-09 01:47:40,\n2001-09-09 01:48:40,1\n");
  }

  static std::string Machine(int rows, int burst) {
    std::ostringstream text;
    text << "timestamp,Cpu,Requests_total\n";
    for (int i = 0; i < rows; ++i) {
      const bool now = burst >= 0 && i >= burst && i < burst + 20;
      text << 1000000000 + 60 * i << ',' << 20 + std::sin(i * i) + (now ? 60 : 0) << ',' << 1000 * i << '\n';
    }
    return text.str();
  }

  int Backtest(std::vector<std::string> further) {
    std::vector<std::string> arguments = {"backtest", "--csv", files_.path(), "--output", files_.Path("out.csv")};
    arguments.insert(arguments.end(), further.begin(), further.end());
    return Call(std::move(arguments));
  }
  std::string Rows() const { return files_.Read("out.csv"); }
};

TEST_F(BacktestTest, WritesARowForEachRowInTheirOrder) {
  ASSERT_EQ(Backtest({}), 0) << output_;
  const std::string rows = Rows();
  EXPECT_THAT(rows, StartsWith("timestamp,series,score,fault_type,confidence\n1000000000,web/1,0,,"));
  EXPECT_EQ(std::count(rows.begin(), rows.end(), '\n'), 1 + 700 + 700 + 3);
  EXPECT_THAT(rows, HasSubstr("\n2001-09-09 01:46:40,db/1,0,,"));
  EXPECT_LT(rows.find("web/1"), rows.find("web/2"));
  EXPECT_LT(rows.find("web/2"), rows.find("db/1"));
  EXPECT_THAT(output_, HasSubstr("3 instances, "));
  EXPECT_THAT(output_, ContainsRegex("score 1 +any +1 "));
  EXPECT_THAT(output_, Not(HasSubstr("%")));  // no bar where there is no terminal
}

TEST_F(BacktestTest, SaysTheSameEachTime) {
  ASSERT_EQ(Backtest({}), 0);
  const std::string first = Rows();
  ASSERT_EQ(Backtest({}), 0);
  EXPECT_EQ(Rows(), first);
}

TEST_F(BacktestTest, MapsColumnsAndChoosesSeries) {
  const auto signals = Write("signals.yaml",
                             "mappings:\n  - series: 'web/*'\n    columns:\n"
                             "      - {column: Cpu, signal: cpu_usage, factor: 0.01}\n"
                             "      - {column: '*_total', rate: true}\n");
  ASSERT_EQ(Backtest({"--signals", signals, "--only", "web/2", "--only", "db"}), 0) << output_;
  EXPECT_THAT(output_, HasSubstr("2 instances, "));
  EXPECT_THAT(Rows(), Not(HasSubstr("web/1")));
  EXPECT_THAT(Rows(), HasSubstr(",web/2,"));
}

TEST_F(BacktestTest, ShowsWhatOtherThresholdsWouldHaveDone) {
  ASSERT_EQ(Backtest({}), 0);
  const std::string rows = Rows();
  ASSERT_EQ(Backtest({"--what-if", "threshold=0.25", "--what-if", "mitigate=0.9"}), 0) << output_;
  EXPECT_EQ(Rows(), rows);
  EXPECT_THAT(output_, HasSubstr("\nwhat if threshold 0.25  any "));
  EXPECT_THAT(output_, HasSubstr("\nwhat if mitigate 0.9    any "));
}

TEST_F(BacktestTest, TakesThresholdsFromTheConfig) {
  const auto config = Write("exporter.yaml",
                            "source: {url: 'http://localhost'}\nsignals: {presets: [mtail]}\n"
                            "thresholds: {default: {notify: 0.45, experiment: 0.5, mitigate: 0.55}}\n");
  ASSERT_EQ(Backtest({"--config.file", config}), 0) << output_;
  EXPECT_THAT(output_, HasSubstr("\nnotify 0.45 "));
  EXPECT_THAT(output_, HasSubstr("\nmitigate 0.55 "));
}

TEST_F(BacktestTest, WithoutLabelsItCountsAlarms) {
  std::filesystem::remove(files_.Path("labels.csv"));
  ASSERT_EQ(Backtest({}), 0) << output_;
  EXPECT_THAT(output_, HasSubstr("no labels"));
  EXPECT_THAT(output_, Not(HasSubstr("precision")));
}

TEST_F(BacktestTest, ShowsWhichFaultWasTakenForWhich) {
  const auto labels = Write("l.csv", "series,start,end,fault_type\nweb/2,1000024000,1000025200,disk_full\n");
  ASSERT_EQ(Backtest({"--labels", labels}), 0) << output_;
  EXPECT_THAT(output_, Not(HasSubstr("balanced accuracy")));
  ASSERT_EQ(Backtest({"--labels", labels, "--confusion"}), 0) << output_;
  EXPECT_THAT(output_, ContainsRegex("disk_full +\\. +1\nbalanced accuracy 0.000\n"));
}

TEST_F(BacktestTest, EveryMistakeHasItsPlace) {
  EXPECT_EQ(Backtest({"--only", "nobody"}), 2);
  EXPECT_THAT(output_, HasSubstr("series.csv: no series, or none that --only names"));
  EXPECT_EQ(Backtest({"--what-if", "often"}), 2);
  EXPECT_THAT(output_, StartsWith("--what-if: "));
  EXPECT_EQ(Backtest({"--signals", Write("s.yaml", "mappings:\n  - {series: x, columms: []}\n")}), 2);
  EXPECT_THAT(output_, HasSubstr("s.yaml:2: mappings[0].columms"));
  EXPECT_EQ(Backtest({"--config.file", Write("c.yaml", "source: {url: 'http://h'}\nsignals: {presets: [x]}\n")}), 2);
  EXPECT_THAT(output_, HasSubstr("c.yaml:2: signals.presets[0]: unknown preset"));
  EXPECT_EQ(Backtest({"--labels", Write("l.csv", "series,start,end\nweb/1,5,x\n")}), 2);
  EXPECT_THAT(output_, HasSubstr("l.csv:2: end: not a time: x"));
  Write("web2.csv", "timestamp,Cpu\n1,2\n2,much\n");
  EXPECT_EQ(Backtest({}), 2);
  EXPECT_THAT(output_, HasSubstr("web2.csv:3: Cpu: not a number: much"));
  EXPECT_EQ(Call({"backtest", "--csv", "/does/not/exist", "--output", files_.Path("o")}), 2);
  EXPECT_EQ(Call({"backtest", "--csv", files_.path(), "--only", "db", "--output", "/does/not/exist"}), 2);
  EXPECT_THAT(output_, HasSubstr("/does/not/exist: cannot be written"));
  EXPECT_EQ(Call({"backtest", "--output", files_.Path("o")}), 2);
  EXPECT_THAT(output_, HasSubstr("either --csv or --prometheus"));
  EXPECT_EQ(Call({"backtest", "--csv", files_.path()}), 2);
}

// The rules of counting are those of the scorer that judges the product.
TEST_F(BacktestTest, CountsAsTheScorerDoes) {
  const std::string scorer = FOREWARN_SOURCE_DIR "/../shared/score/score.py";
  if (!std::filesystem::exists(scorer)) GTEST_SKIP() << scorer << " is not here";
  ASSERT_EQ(Backtest({"--only", "web"}), 0);
  const auto scored = testbed::RunCommand({"python3", scorer, files_.path(), files_.Path("out.csv"), "--threshold", "1",
                                           "--only", "web", "--vus-buffer", "0"});
  ASSERT_TRUE(scored) << scored.error().message;
  const auto of = [&](const std::string& name) {
    const auto at = scored->find("\n" + name + " ");
    std::istringstream line(scored->substr(at + 1 + name.size()));
    double value = -1;
    line >> value;
    return value;
  };
  std::istringstream line(output_.substr(output_.find("\nscore 1")));
  std::string word, lead;
  double windows = 0, precision = 0, recall = 0, false_alarms = 0, per_day = 0;
  line >> word >> word >> word >> windows >> precision >> recall >> lead >> false_alarms >> per_day;
  EXPECT_EQ(windows, of("events"));
  EXPECT_NEAR(precision, of("event_precision"), 0.006);
  EXPECT_NEAR(recall, of("event_recall"), 0.006);
  EXPECT_EQ(false_alarms, of("false_alarms"));
  EXPECT_NEAR(per_day, of("false_alarms_per_series_day"), 0.01 * per_day);
}

}  // namespace
}  // namespace forewarn::cli
