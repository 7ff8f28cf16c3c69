// SPDX-License-Identifier: Apache-2.0
#include "predictor/detectors/autoencoder.h"

#include <gtest/gtest.h>

#include "tests/predictor/detectors/fleet_scenario.h"

namespace forewarn::detectors {
namespace {

using telemetry::IsMissing;
using telemetry::kMissing;
using Fleet = FleetScenario<Autoencoder>;

TEST(Autoencoder, SaysNothingBeforeItIsWarm) {
  Fleet fleet(1, 6);
  const auto& columns = fleet.Ordinary(50);
  EXPECT_TRUE(IsMissing(columns.instances[0].score));
  EXPECT_TRUE(IsMissing(columns[0][0].score));
  EXPECT_FALSE(IsMissing(fleet.Ordinary(200).instances[0].score));
}

TEST(Autoencoder, WhatTheOtherSignalsDoNotExplainIsTheEvidence) {
  Fleet fleet(1, 6);
  fleet.Ordinary(1000);
  // 18 alone is ordinary, and so is a load of 18; not one without the others.
  auto& values = fleet.Draw();
  for (std::size_t s = 0; s < values.size(); ++s) values[s][0] = std::pow(100.0, static_cast<double>(s % 3)) * 10;
  values[3][0] = 18;
  const auto& columns = fleet.Next();
  for (std::size_t s = 0; s < values.size(); ++s) {
    EXPECT_EQ(columns[s][0].score >= 1, s == 3) << s << ": " << columns[s][0].score;
  }
  EXPECT_NEAR(columns[3][0].expected, 10, 2.5);
  EXPECT_LT(columns[3][0].expectation().upper(), 18);
  EXPECT_GT(columns[3][0].expectation().upper(), 10);
  EXPECT_LT(columns[3][0].expectation().lower(), 10);
}

TEST(Autoencoder, AnOrdinaryFleetIsQuiet) {
  Fleet fleet(20, 5);
  int alarms = 0, of_signals = 0;
  for (int i = 0; i < 2000; ++i) {
    fleet.Draw();
    const auto& columns = fleet.Next();
    for (const auto& instance : columns.instances) alarms += instance.score >= 1 ? 1 : 0;
    for (const auto& column : columns) {
      for (const auto& one : column) of_signals += one.score >= 1 ? 1 : 0;
    }
  }
  EXPECT_LE(alarms, 20);
  EXPECT_LE(of_signals, 40);
}

TEST(Autoencoder, ANewLevelIsStrangeAndThenUsualThoughTheInstanceStandsApart) {
  Fleet fleet(1, 6);
  const double before = fleet.Ordinary(1000).instances[0].standing;
  int first = 0, later = 0;
  const AnomalyColumns* columns = nullptr;
  for (int i = 0; i < 2000; ++i) {
    auto& values = fleet.Draw();
    values[0][0] += 40, values[4][0] += 4000;
    columns = &fleet.Next();
    (i < 20 ? first : later) += columns->instances[0].score >= 1 && (i < 20 || i > 1000) ? 1 : 0;
  }
  EXPECT_GE(first, 10);
  EXPECT_LE(later, 5);
  EXPECT_GT(columns->instances[0].standing, before + 0.05);
}

TEST(Autoencoder, MissingIsNotJudgedAndTheOthersStillAre) {
  Fleet fleet(1, 6);
  fleet.Ordinary(1000);
  auto& values = fleet.Draw();
  values[1][0] = kMissing;
  const auto& ordinary = fleet.Next();
  EXPECT_TRUE(IsMissing(ordinary[1][0].score));
  for (const std::size_t s : {0, 2, 3, 4, 5}) EXPECT_LT(ordinary[s][0].score, 1) << s;
  fleet.Draw()[1][0] = kMissing;
  for (auto& column : fleet.Draw()) column[0] = kMissing;
  EXPECT_TRUE(IsMissing(fleet.Next().instances[0].score));
}

TEST(Autoencoder, WhatIsMaskedTeachesNothing) {
  Fleet fleet(1, 4);
  fleet.Ordinary(1000);
  for (int i = 0; i < 500; ++i) {
    fleet.Draw()[0][0] = 1000;
    fleet.Next({true});
  }
  fleet.Draw()[0][0] = 1000;
  EXPECT_GE(fleet.Next()[0][0].score, 1);
  EXPECT_LT(fleet.Ordinary(1)[0][0].score, 1);
}

TEST(Autoencoder, InstancesWithOtherSignalsAreAnotherClass) {
  Fleet fleet(2, 6);
  for (int i = 0; i < 300; ++i) {
    auto& values = fleet.Draw();
    values[0][1] = values[1][1] = kMissing;
    fleet.Next();
  }
  fleet.Draw()[0][1] = kMissing;
  const auto& columns = fleet.Next();
  EXPECT_FALSE(IsMissing(columns.instances[0].score));
  EXPECT_FALSE(IsMissing(columns.instances[1].score));
  EXPECT_TRUE(IsMissing(columns[0][1].score));
}

TEST(Autoencoder, OneSignalSaysNothing) {
  Fleet fleet(1, 1);
  EXPECT_TRUE(IsMissing(fleet.Ordinary(500).instances[0].score));
}

TEST(Autoencoder, GoesOnAsBeforeAfterARestart) {
  Fleet fleet(3, 5);
  fleet.Ordinary(700);
  Archive saved;
  fleet.detector_.Save(saved);
  Fleet other = fleet;
  other.detector_ = Autoencoder();
  Archive read(saved.bytes());
  ASSERT_TRUE(other.detector_.Restore(read));
  for (int i = 0; i < 200; ++i) {
    const double expected = fleet.Ordinary(1).instances[1].score;
    EXPECT_EQ(other.Ordinary(1).instances[1].score, expected);
  }
}

TEST(Autoencoder, ADamagedStateIsRefusedAndForgotten) {
  Fleet fleet(2, 5);
  fleet.Ordinary(300);
  Archive saved;
  fleet.detector_.Save(saved);
  for (std::size_t size = 0; size < saved.bytes().size(); size += 97) {
    Archive cut(saved.bytes().substr(0, size));
    ASSERT_FALSE(fleet.detector_.Restore(cut)) << size;
  }
  EXPECT_TRUE(IsMissing(fleet.Ordinary(1).instances[0].score));
}

}  // namespace
}  // namespace forewarn::detectors
