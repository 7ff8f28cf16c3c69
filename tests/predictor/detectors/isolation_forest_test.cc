// SPDX-License-Identifier: Apache-2.0
#include "predictor/detectors/isolation_forest.h"

#include <gtest/gtest.h>

#include "tests/predictor/detectors/fleet_scenario.h"

namespace forewarn::detectors {
namespace {

using telemetry::IsMissing;
using telemetry::kMissing;
using Fleet = FleetScenario<IsolationForest>;

TEST(IsolationForest, SaysNothingBeforeItIsWarm) {
  Fleet fleet(1, 4);
  EXPECT_TRUE(IsMissing(fleet.Ordinary(100).instances[0].score));
  EXPECT_FALSE(IsMissing(fleet.Ordinary(300).instances[0].score));
}

TEST(IsolationForest, ScoresInstancesNotSeries) {
  Fleet fleet(2, 4);
  const auto& columns = fleet.Ordinary(500);
  ASSERT_EQ(columns.size(), 4u);
  EXPECT_TRUE(IsMissing(columns[0][0].score));
}

TEST(IsolationForest, TheInstanceThatIsAloneIsTheStrangeOne) {
  Fleet fleet(5, 4);
  fleet.Ordinary(1500);
  auto& values = fleet.Draw();
  for (auto& column : values) column[2] *= 8;
  const auto& columns = fleet.Next();
  for (std::size_t i = 0; i < 5; ++i) EXPECT_EQ(columns.instances[i].score >= 1, i == 2) << i;
}

TEST(IsolationForest, AnOrdinaryFleetIsQuiet) {
  Fleet fleet(10, 4);
  int alarms = 0;
  for (int i = 0; i < 3000; ++i) {
    fleet.Draw();
    for (const auto& instance : fleet.Next().instances) alarms += instance.score >= 1 ? 1 : 0;
  }
  EXPECT_LE(alarms, 60);  // of 30,000
}

TEST(IsolationForest, ANewLevelBecomesUsual) {
  Fleet fleet(1, 4);
  fleet.Ordinary(1000);
  int late = 0;
  double first = 0;
  for (int i = 0; i < 2500; ++i) {
    for (auto& column : fleet.Draw()) column[0] *= 5;
    const double score = fleet.Next().instances[0].score;
    if (i == 0) first = score;
    late += i > 1500 && score >= 1 ? 1 : 0;
  }
  EXPECT_GE(first, 1);
  EXPECT_LE(late, 10);
}

TEST(IsolationForest, ASignalThatGoesMissingIsNoAnomalyAndBecomesAState) {
  Fleet fleet(1, 4);
  fleet.Ordinary(1500);
  const auto without = [&fleet] {
    auto& values = fleet.Draw();
    values[0][0] = values[1][0] = kMissing;
    return fleet.Next().instances[0].score;
  };
  EXPECT_TRUE(IsMissing(without()));
  for (int i = 0; i < 600; ++i) without();
  EXPECT_FALSE(IsMissing(without()));
  for (auto& column : fleet.Draw()) column[0] = kMissing;
  EXPECT_TRUE(IsMissing(fleet.Next().instances[0].score));
}

TEST(IsolationForest, WhatIsMaskedTeachesNothing) {
  Fleet fleet(1, 4);
  fleet.Ordinary(1500);
  for (int i = 0; i < 600; ++i) {
    for (auto& column : fleet.Draw()) column[0] *= 8;
    fleet.Next({true});
  }
  for (auto& column : fleet.Draw()) column[0] *= 8;
  EXPECT_GE(fleet.Next().instances[0].score, 1);
}

TEST(IsolationForest, GoesOnAsBeforeAfterARestart) {
  Fleet fleet(3, 5);
  fleet.Ordinary(700);
  Archive saved;
  fleet.detector_.Save(saved);
  Fleet other = fleet;
  other.detector_ = IsolationForest();
  Archive read(saved.bytes());
  ASSERT_TRUE(other.detector_.Restore(read));
  for (int i = 0; i < 300; ++i) {
    const double expected = fleet.Ordinary(1).instances[1].score;
    EXPECT_EQ(other.Ordinary(1).instances[1].score, expected);
  }
}

TEST(IsolationForest, ADamagedStateIsRefusedAndForgotten) {
  Fleet fleet(2, 5);
  fleet.Ordinary(300);
  Archive saved;
  fleet.detector_.Save(saved);
  for (std::size_t size = 0; size < saved.bytes().size(); size += 997) {
    Archive cut(saved.bytes().substr(0, size));
    ASSERT_FALSE(fleet.detector_.Restore(cut)) << size;
  }
  EXPECT_TRUE(IsMissing(fleet.Ordinary(1).instances[0].score));
}

}  // namespace
}  // namespace forewarn::detectors
