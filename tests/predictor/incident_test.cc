// SPDX-License-Identifier: Apache-2.0
#include "predictor/incident.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <random>
#include <string>
#include <vector>

namespace forewarn::predictor {
namespace {

using telemetry::kMissing;

// One instance whose signals are standard noise plus what a test adds to all of them.
class Instance {
 public:
  Instance(std::size_t signals, double step) : step_(step), signals_count_(signals) {
    instances_.SlotOf("vm");
    for (std::size_t i = 0; i < signals; ++i) signals_.SlotOf("signal" + std::to_string(i));
  }
  // `added` to the first `affected` signals. Returns the score; kMissing where there is none.
  double Next(double added = 0, std::size_t affected = 100, const detectors::Mask& mask = {}) {
    telemetry::Snapshot snapshot{time_ += step_, &instances_, &signals_, {}};
    for (std::size_t i = 0; i < signals_count_; ++i) {
      snapshot.columns.push_back({10 + noise_(random_) + (i < affected ? added : 0)});
    }
    const auto& states = incidents_.Tick(snapshot, mask);
    return states.empty() ? kMissing : states[0].score;
  }
  int AlarmsIn(int ticks, double added = 0, std::size_t affected = 100) {
    int alarms = 0;
    for (int i = 0; i < ticks; ++i) alarms += Next(added, affected) >= 1;
    return alarms;
  }
  Incidents incidents_;

 private:
  double step_, time_ = 1.7e9;
  std::size_t signals_count_;
  std::mt19937 random_{11};
  std::normal_distribution<double> noise_{0, 1};
  telemetry::Names instances_, signals_;
};

TEST(Incidents, AnAlarmIsAPulseAtTheOnset) {
  for (const double step : {1.0, 15.0, 300.0, 3600.0}) {
    Instance instance(1, step);
    (void)instance.AlarmsIn(3000);
    EXPECT_GE(instance.Next(60), 1) << step;
    EXPECT_LE(instance.AlarmsIn(60, 30), 1) << step;  // silent, though it lasts
  }
}

TEST(Incidents, TheScoreStaysARankingWhileTheAlarmIsLatched) {
  Instance instance(1, 60);
  (void)instance.AlarmsIn(1500);
  const double ordinary = instance.Next();
  EXPECT_GE(instance.Next(30), 1);
  const double lasting = instance.Next(30);
  EXPECT_LT(lasting, 1);
  EXPECT_GT(lasting, ordinary);
}

TEST(Incidents, AlarmsAgainAfterTheLatchsWindow) {
  Instance instance(1, 300);
  (void)instance.AlarmsIn(1500);
  EXPECT_GE(instance.Next(25), 1);
  (void)instance.AlarmsIn(200);
  EXPECT_GE(instance.Next(200), 1);
}

TEST(Incidents, OfManySignalsSeveralHaveToAgreeAndToLast) {
  Instance one(12, 15), brief(12, 15), several(12, 15);
  for (auto* instance : {&one, &brief, &several}) (void)instance->AlarmsIn(1000);
  EXPECT_EQ(one.AlarmsIn(10, 30, 1), 0);
  EXPECT_EQ(brief.AlarmsIn(1, 30, 6), 0);
  EXPECT_EQ(several.AlarmsIn(3, 30, 6), 1);
}

TEST(Incidents, AFaultOfManySignalsIsSeenInAYoungInstance) {
  for (const double step : {1.0, 15.0, 60.0}) {
    Instance instance(12, step);
    (void)instance.AlarmsIn(200);
    EXPECT_EQ(instance.AlarmsIn(3, 30, 6), 1) << step;
  }
}

TEST(Incidents, OrdinaryNoiseIsNoIncident) {
  Instance instance(12, 15);
  EXPECT_EQ(instance.AlarmsIn(20000), 0);
}

TEST(Incidents, AYoungInstanceAndOneWithoutValuesHaveNoScore) {
  Instance instance(2, 15);
  for (std::uint32_t i = 0; i < detectors::Novelty::kWarmUp; ++i) EXPECT_TRUE(telemetry::IsMissing(instance.Next()));
  EXPECT_FALSE(telemetry::IsMissing(instance.Next()));
  EXPECT_TRUE(telemetry::IsMissing(instance.Next(kMissing)));
}

TEST(Incidents, ComeBackAsTheyWere) {
  Instance instance(3, 60);
  (void)instance.AlarmsIn(500);
  (void)instance.Next(30);
  detectors::Archive saved;
  instance.incidents_.Save(saved);
  Instance other = instance;
  other.incidents_ = {};
  detectors::Archive read(saved.bytes());
  ASSERT_TRUE(other.incidents_.Restore(read));
  for (int i = 0; i < 50; ++i) EXPECT_EQ(instance.Next(30), other.Next(30)) << i;
  for (std::size_t length = 0; length < saved.bytes().size(); length += 7) {
    detectors::Archive damaged(saved.bytes().substr(0, length));
    EXPECT_FALSE(other.incidents_.Restore(damaged)) << length;
  }
}

}  // namespace
}  // namespace forewarn::predictor
