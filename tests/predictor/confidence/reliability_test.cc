// SPDX-License-Identifier: Apache-2.0
#include "predictor/confidence/reliability.h"

#include <gtest/gtest.h>

#include <random>

namespace forewarn::confidence {
namespace {

// `count` predictions of uniform confidences that come true with the probability that `truth` gives them.
template <class Truth>
Reliability Simulate(std::size_t count, Truth truth, std::uint32_t seed = 1) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> uniform(0, 1);
  Reliability reliability;
  for (std::size_t i = 0; i < count; ++i) {
    const double confidence = uniform(random);
    reliability.Add({confidence, uniform(random) < truth(confidence)});
  }
  return reliability;
}

TEST(Reliability, SaysNothingOfFew) {
  Reliability reliability;
  for (std::size_t i = 1; i < Reliability::kEnough; ++i) reliability.Add({0.5, i % 2 == 0});
  EXPECT_FALSE(reliability.CalibrationError());
  EXPECT_FALSE(reliability.BrierScore());
  EXPECT_FALSE(reliability.BrierSkill());
  reliability.Add({0.5, true});
  EXPECT_TRUE(reliability.CalibrationError());
  EXPECT_NEAR(*reliability.BrierScore(), 0.25, 1e-9);
  EXPECT_NEAR(*reliability.BrierSkill(), 0, 1e-3);
}

TEST(Reliability, APerfectForecasterIsPerfect) {
  Reliability reliability;
  for (int i = 0; i < 200; ++i) reliability.Add({i % 4 == 0 ? 1.0 : 0.0, i % 4 == 0});
  EXPECT_NEAR(*reliability.CalibrationError(), 0, 1e-9);
  EXPECT_NEAR(*reliability.BrierScore(), 0, 1e-9);
  EXPECT_NEAR(*reliability.BrierSkill(), 1, 1e-9);
}

TEST(Reliability, OneOutcomeHasNoSkill) {
  Reliability reliability;
  for (int i = 0; i < 200; ++i) reliability.Add({0.1, false});
  EXPECT_NEAR(*reliability.CalibrationError(), 0.1, 1e-3);
  EXPECT_FALSE(reliability.BrierSkill());
}

// Of a calibrated forecaster all of the error is chance.
TEST(Reliability, ChanceIsTakenOffTheError) {
  double debiased = 0, plain = 0;
  constexpr int kRuns = 200;
  for (int run = 0; run < kRuns; ++run) {
    const auto reliability = Simulate(
        100, [](double p) { return p; }, static_cast<std::uint32_t>(run) + 1);
    debiased += *reliability.CalibrationError() / kRuns;
    for (const auto& bin : reliability.Bins()) plain += std::abs(bin.confidence - bin.rate) / 10 / kRuns;
  }
  EXPECT_GT(plain, 0.08);
  EXPECT_LT(debiased, 0.65 * plain);
}

TEST(Reliability, AnErrorThatIsThereStays) {
  EXPECT_NEAR(*Simulate(1000, [](double) { return 0.5; }).CalibrationError(), 0.25, 0.04);
  EXPECT_LT(*Simulate(1000, [](double p) { return p; }).CalibrationError(), 0.03);
  EXPECT_LT(*Simulate(1000, [](double) { return 0.5; }).BrierSkill(), 0);
  EXPECT_NEAR(*Simulate(1000, [](double p) { return p; }).BrierSkill(), 1.0 / 3, 0.06);
}

TEST(Reliability, OnlyTheRecentCount) {
  Reliability reliability;
  for (std::size_t i = 0; i < 300; ++i) reliability.Add({1, false});
  for (std::size_t i = 0; i < Reliability::kMemory; ++i) reliability.Add({1, true});
  EXPECT_EQ(reliability.size(), Reliability::kMemory);
  EXPECT_NEAR(*reliability.BrierScore(), 0, 1e-9);
}

TEST(Reliability, BinsHoldEquallyMany) {
  const auto bins = Simulate(995, [](double p) { return p; }).Bins();
  ASSERT_EQ(bins.size(), 10u);
  for (std::size_t i = 0; i < bins.size(); ++i) {
    EXPECT_NEAR(static_cast<double>(bins[i].count), 99.5, 0.6);
    EXPECT_GT(bins[i].confidence, i == 0 ? 0 : bins[i - 1].confidence);
  }
}

TEST(Reliability, IsKept) {
  const auto before = Simulate(1200, [](double p) { return p; });
  detectors::Archive saved;
  before.Save(saved);
  detectors::Archive archive(saved.bytes());
  Reliability after;
  ASSERT_TRUE(after.Restore(archive));
  EXPECT_EQ(after.CalibrationError(), before.CalibrationError());
  EXPECT_EQ(after.BrierScore(), before.BrierScore());
  detectors::Archive broken(saved.bytes().substr(0, 100));
  EXPECT_FALSE(after.Restore(broken));
  EXPECT_EQ(after.size(), 0u);
}

}  // namespace
}  // namespace forewarn::confidence
