// SPDX-License-Identifier: Apache-2.0
#include "predictor/detectors/fleet.h"

#include <gtest/gtest.h>

#include <limits>

#include "predictor/detectors/autoencoder.h"
#include "predictor/detectors/isolation_forest.h"
#include "tests/predictor/detectors/fleet_scenario.h"

namespace forewarn::detectors {
namespace {

class FleetTest : public testing::Test {
 protected:
  FleetTest() {
    instances_.SlotOf("vm0"), instances_.SlotOf("vm1");
    signals_.SlotOf("x0"), signals_.SlotOf("x1");
  }
  telemetry::Snapshot At(double time, double value) {
    return {time, &instances_, &signals_, {{value, value}, {telemetry::kMissing, kInfinite}}};
  }

  static constexpr double kInfinite = std::numeric_limits<double>::infinity();
  telemetry::Names instances_, signals_;
  Fleet fleet_;
};

TEST_F(FleetTest, SeesByWhatWasKnownBefore) {
  for (int t = 0; t < 100; ++t) {
    const auto snapshot = At(1.7e9 + t, t % 2 == 0 ? 9 : 11);
    fleet_.See(snapshot);
    fleet_.Learn(snapshot, {});
  }
  const auto snapshot = At(1.7e9 + 100, 13);
  fleet_.See(snapshot);
  const double before = fleet_.Normalised(0, 1);
  EXPECT_NEAR(before, 3, 0.5);
  fleet_.Learn(snapshot, {});
  EXPECT_EQ(fleet_.Normalised(0, 1), before);
}

TEST_F(FleetTest, LearnsOncePerTick) {
  for (int t = 0; t < 10; ++t) {
    const auto snapshot = At(1.7e9 + t, 5);
    for (int user = 0; user < 2; ++user) fleet_.See(snapshot), fleet_.Learn(snapshot, {});
  }
  EXPECT_EQ(fleet_.baselines().Of(0, 0).seen(), 10);
}

TEST_F(FleetTest, WhatIsNotThereIsMissing) {
  for (int t = 0; t < 3; ++t) {
    const auto snapshot = At(1.7e9 + t, 5);
    fleet_.See(snapshot);
    fleet_.Learn(snapshot, {});
  }
  fleet_.See(At(1.7e9 + 3, 5));
  EXPECT_EQ(fleet_.Normalised(0, 0), 0);
  for (const std::uint32_t signal : {1u, 2u}) EXPECT_TRUE(telemetry::IsMissing(fleet_.Normalised(signal, 0)));
  EXPECT_TRUE(telemetry::IsMissing(fleet_.Normalised(0, 2)));
}

// Two that share a fleet say what each says alone.
struct Both {
  void Score(const telemetry::Snapshot& snapshot, AnomalyColumns& columns) {
    forest.Score(snapshot, columns);
    autoencoder.Score(snapshot, columns);
  }
  void Learn(const telemetry::Snapshot& snapshot, const Mask& mask) {
    forest.Learn(snapshot, mask);
    autoencoder.Learn(snapshot, mask);
  }
  IsolationForest forest;
  Autoencoder autoencoder;
};
struct Sharing final : Both {
  explicit Sharing(const std::shared_ptr<Fleet>& fleet = std::make_shared<Fleet>())
      : Both{IsolationForest(fleet), Autoencoder(fleet)} {}
};

TEST(Fleet, IsTheSameForAllWhoShareIt) {
  FleetScenario<Both> alone(4, 5);
  FleetScenario<Sharing> sharing(4, 5);
  for (int tick = 0; tick < 300; ++tick) {
    alone.Draw(), sharing.Draw();
    if (tick % 7 == 0) alone.Draw()[2][1] = sharing.Draw()[2][1] = telemetry::kMissing;
    const auto& one = alone.Next();
    const auto& other = sharing.Next();
    for (std::size_t i = 0; i < 4; ++i) {
      ASSERT_EQ(std::isnan(one.instances[i].score), std::isnan(other.instances[i].score));
      if (!std::isnan(one.instances[i].score)) {
        ASSERT_EQ(one.instances[i].score, other.instances[i].score);
      }
      ASSERT_EQ(one.instances[i].standing, other.instances[i].standing);
    }
  }
  EXPECT_FALSE(std::isnan(alone.Ordinary(1).instances[0].score));
}

TEST(Fleet, IsStillSharedAfterARestore) {
  FleetScenario<Sharing> saved(4, 5);
  saved.Ordinary(30);
  Archive archive;
  saved.detector_.forest.Save(archive);
  const auto fleet = std::make_shared<Fleet>();
  Sharing restored(fleet);
  Archive from(archive.bytes());
  ASSERT_TRUE(restored.forest.Restore(from));
  EXPECT_EQ(fleet->baselines().Of(0, 0).seen(), 30);
}

}  // namespace
}  // namespace forewarn::detectors
