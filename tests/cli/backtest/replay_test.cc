// SPDX-License-Identifier: Apache-2.0
#include "cli/backtest/replay.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/cli/backtest/outputs.h"

namespace forewarn::backtest {
namespace {

// A quiet signal with a burst; a row a minute.
Recording Sample(std::size_t rows) {
  Recording recording;
  recording.columns = {"value"};
  recording.values.resize(1);
  for (std::size_t i = 0; i < rows; ++i) {
    recording.times.push_back(1e9 + 60 * static_cast<double>(i));
    recording.values[0].push_back(10 + std::sin(static_cast<double>(i * i)) + (i >= 400 && i < 420 ? 50 : 0));
  }
  return recording;
}

std::vector<double> Scores(const Recording& recording) {
  const auto predictor = MakePredictor();
  std::vector<double> scores;
  Replay replay(*predictor, "s", *Mapping().Of("s", recording.columns));
  replay.Run(recording, [&](std::size_t row, const Verdicts& verdicts) {
    EXPECT_EQ(row, scores.size());
    scores.push_back(verdicts.Score(0));
  });
  return scores;
}

TEST(Replay, NeverLooksAhead) {
  const auto all = Scores(Sample(600));
  ASSERT_EQ(all.size(), 600u);
  for (const std::size_t rows : {100u, 401u, 450u}) {
    const auto some = Scores(Sample(rows));
    EXPECT_EQ(some, std::vector<double>(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(rows)));
  }
}

TEST(Replay, SeesTheBurst) { EXPECT_GE(Scores(Sample(600))[400], 1); }

TEST(Replay, ARowThatIsNotLaterIsNoTick) {
  Recording recording = Sample(600), doubled = recording;
  doubled.times.insert(doubled.times.begin() + 300, recording.times[299]);
  doubled.values[0].insert(doubled.values[0].begin() + 300, 1e6);
  auto scores = Scores(doubled);
  EXPECT_EQ(scores[300], scores[299]);
  scores.erase(scores.begin() + 300);
  EXPECT_EQ(scores, Scores(recording));
}

TEST(Replay, ManyColumnsAreOneInstance) {
  Recording recording = Sample(600);
  recording.columns.emplace_back("other");
  recording.values.emplace_back(600, telemetry::kMissing);
  EXPECT_EQ(Scores(recording), Scores(Sample(600)));
}

}  // namespace
}  // namespace forewarn::backtest
