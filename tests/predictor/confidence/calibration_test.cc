// SPDX-License-Identifier: Apache-2.0
#include "predictor/confidence/calibration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <random>

namespace forewarn::confidence {
namespace {

constexpr double kHorizon = 120;

// Predictions that come true with the probability that `truth` gives their raw confidence.
class Simulation {
 public:
  using Truth = std::function<double(double)>;
  // P(a prediction of this raw confidence is mitigated | whether it would have come true).
  using Mitigated = std::function<double(double raw, bool comes_true)>;

  explicit Simulation(Truth truth, double prior_accuracy = 1) : calibration(prior_accuracy), truth_(std::move(truth)) {}

  void Run(
      int count, const Mitigated& mitigated = [](double, bool) { return 0.0; }) {
    for (int i = 0; i < count; ++i) {
      const double raw = Uniform();
      const bool comes_true = Uniform() < truth_(raw);
      if (Uniform() < mitigated(raw, comes_true)) {
        calibration.Censor(raw);
      } else {
        calibration.Learn({raw, comes_true});
      }
      if (i % 5 == 4) calibration.Refresh(time_ += kHorizon, kHorizon);
    }
  }

  // Mean distance from the truth over all raw confidences: the error without the chance of a sample.
  double Error(double from = 0, double to = 1) const {
    double error = 0;
    constexpr int kSteps = 1000;
    for (int i = 0; i < kSteps; ++i) {
      const double raw = from + (to - from) * (i + 0.5) / kSteps;
      error += std::abs(calibration.Of(raw) - truth_(raw)) / kSteps;
    }
    return error;
  }

  Calibration calibration;

 private:
  double Uniform() { return std::uniform_real_distribution<double>(0, 1)(random_); }
  Truth truth_;
  std::mt19937 random_{1};
  double time_ = 1.7e9;
};

bool Rises(const Calibration& calibration) {
  for (double raw = 0; raw < 1; raw += 0.001) {
    if (calibration.Of(raw) > calibration.Of(raw + 0.001) + 1e-12) return false;
  }
  return true;
}

TEST(Calibration, LeavesWhatItDoesNotKnowAsItIs) {
  const Calibration calibration(0.9);
  for (double raw = 0; raw < 0.95; raw += 0.01) EXPECT_NEAR(calibration.Of(raw), raw, 1e-9);
  EXPECT_EQ(calibration.Accuracy(), 0.9);
  EXPECT_FALSE(calibration.IsFrozen());
  EXPECT_LT(calibration.Of(1), 1);
}

TEST(Calibration, AHandfulOfOutcomesChangesLittle) {
  Calibration calibration(0.9);
  for (int i = 0; i < 3; ++i) calibration.Learn({0.8, false});
  for (int i = 1; i < 10; ++i) calibration.Refresh(kHorizon * i, kHorizon);
  EXPECT_GT(calibration.Of(0.8), 0.6);
  EXPECT_LT(calibration.Of(0.8), 0.8);
}

TEST(Calibration, AMiscalibratedPriorIsCorrected) {
  for (const Simulation::Truth& truth :
       std::vector<Simulation::Truth>{[](double raw) { return 0.5 * raw; },       // signatures half as good as thought
                                      [](double raw) { return raw * raw; },       // weak ones worse than strong ones
                                      [](double raw) { return std::sqrt(raw); },  // better than thought
                                      [](double raw) { return raw < 0.45 ? 0.02 : 0.85; },  // all or nothing
                                      [](double) { return 0.3; }}) {  // the strength means nothing
    Simulation simulation(truth);
    const double before = simulation.Error();
    simulation.Run(1000);
    EXPECT_LT(simulation.Error(), 0.5 * before);
    simulation.Run(4000);
    EXPECT_LE(simulation.Error(), 0.05);
    EXPECT_TRUE(Rises(simulation.calibration));
  }
}

TEST(Calibration, AGoodPriorIsLeftAlone) {
  Simulation simulation([](double raw) { return raw; });
  simulation.Run(5000);
  EXPECT_LE(simulation.Error(), 0.03);
}

TEST(Calibration, AccuracyIsABetaPosterior) {
  Calibration calibration(0.9);
  for (int i = 0; i < 20; ++i) calibration.Learn({0.9, i % 2 == 0});  // of full strength
  EXPECT_NEAR(calibration.Accuracy(), (0.9 * 20 + 10) / (20 + 20), 1e-9);
}

TEST(Calibration, WeakPredictionsSayNothingAboutStrongOnes) {
  Calibration calibration(0.9);
  for (int i = 1; i < 5000; ++i) {
    calibration.Learn({0.08, false});
    calibration.Refresh(kHorizon * i, kHorizon);
  }
  EXPECT_LT(calibration.Of(0.08), 0.03);
  EXPECT_NEAR(calibration.Of(0.85), 0.85, 0.01);
  EXPECT_EQ(calibration.Accuracy(), 0.9);
}

// What would have come true is mitigated whenever it is above the threshold, and half of the time below it, since it
// escalates: what is left looks like nothing but false alarms.
TEST(Calibration, CensoredOutcomesDoNotBias) {
  Simulation simulation([](double raw) { return raw; });
  simulation.Run(5000, [](double raw, bool comes_true) { return raw >= 0.7 ? 1.0 : comes_true ? 0.5 : 0; });
  EXPECT_LE(simulation.Error(), 0.05);
  EXPECT_TRUE(simulation.calibration.IsFrozen());
  EXPECT_TRUE(simulation.calibration.IsFrozen(0.8));
}

TEST(Calibration, WhatIsFrozenKeepsWhatItKnew) {
  Simulation simulation([](double raw) { return raw * raw; });
  simulation.Run(5000);
  const double before = simulation.calibration.Of(0.85);
  simulation.Run(5000, [](double raw, bool) { return raw >= 0.7 ? 1.0 : 0.0; });
  EXPECT_NEAR(simulation.calibration.Of(0.85), before, Calibration::kTolerance);
  EXPECT_TRUE(simulation.calibration.IsFrozen(0.85));
  EXPECT_FALSE(simulation.calibration.IsFrozen(0.3));
  EXPECT_LE(simulation.Error(), 0.05);
}

TEST(Calibration, ThawsWhenNothingIsMitigatedAnyMore) {
  Simulation simulation([](double raw) { return 0.5 * raw; });
  simulation.Run(1000, [](double, bool) { return 1.0; });
  EXPECT_TRUE(simulation.calibration.IsFrozen());
  EXPECT_NEAR(simulation.calibration.Of(0.8), 0.8, 1e-9);
  simulation.Run(5000);
  EXPECT_FALSE(simulation.calibration.IsFrozen());
  EXPECT_LE(simulation.Error(), 0.05);
}

TEST(Calibration, FollowsInSmallStepsOncePerHorizon) {
  Calibration calibration(0.9);
  double last = calibration.Of(0.8);
  int changes = 0;
  for (int tick = 1; tick <= 240; ++tick) {
    for (int i = 0; i < 50; ++i) calibration.Learn({0.8, false});
    calibration.Refresh(tick, kHorizon);
    const double now = calibration.Of(0.8);
    EXPECT_LE(std::abs(now - last), Calibration::kStep + 1e-9);
    if (now != last) ++changes;
    last = now;
  }
  EXPECT_EQ(changes, 2);
}

// Outcomes as they are expected move nothing, so that a prediction at a threshold stays on its side of it.
TEST(Calibration, ChanceDoesNotMoveIt) {
  Simulation simulation([](double raw) { return raw; });
  simulation.Run(2000);
  double last = simulation.calibration.Of(0.7);
  int turns = 0;
  for (int i = 0; i < 1000; ++i) {
    simulation.Run(5);
    const double now = simulation.calibration.Of(0.7);
    if (now != last) ++turns;
    last = now;
  }
  EXPECT_LE(turns, 50);
}

TEST(Calibration, OldOutcomesFade) {
  Calibration calibration(0.9);
  for (int i = 0; i < 500; ++i) calibration.Learn({0.8, false});
  double time = 1.7e9;
  for (int i = 0; i < 50; ++i) calibration.Refresh(time += kHorizon, kHorizon);
  EXPECT_LT(calibration.Of(0.8), 0.1);
  for (int day = 0; day < 400; ++day) calibration.Refresh(time += 86400, kHorizon);
  EXPECT_GT(calibration.Of(0.8), 0.75);
}

TEST(Calibration, IsKept) {
  Simulation simulation([](double raw) { return 0.5 * raw; });
  simulation.Run(1000);
  detectors::Archive saved;
  simulation.calibration.Save(saved);
  detectors::Archive archive(saved.bytes());
  Calibration restored;
  ASSERT_TRUE(restored.Restore(archive));
  EXPECT_EQ(restored.Of(0.63), simulation.calibration.Of(0.63));
  detectors::Archive broken(saved.bytes().substr(0, 50));
  EXPECT_FALSE(Calibration().Restore(broken));
}

}  // namespace
}  // namespace forewarn::confidence
