// SPDX-License-Identifier: Apache-2.0
#include "predictor/confidence/recognition.h"

#include <gtest/gtest.h>

#include <string_view>

#include "predictor/confidence/scorekeeper.h"

namespace forewarn::confidence {
namespace {

constexpr double kTick = 10, kHorizon = 100;

// One tick per letter: R the injected fault's signature matches best, W another's, n none, u it can't be judged, . no
// injection, ? a tick of which nothing is known.
class RecognitionTest : public testing::Test {
 protected:
  void Live(std::string_view ticks, std::uint32_t instance = 3) {
    for (const char tick : ticks) {
      recognition_.Begin(time_ += kTick, kHorizon);
      if (tick == '?') continue;
      if (tick == 'R') recognition_.See(instance, Explained::kRight);
      if (tick == 'W') recognition_.See(instance, Explained::kWrong);
      if (tick == 'n') recognition_.See(instance, Explained::kNothing);
      if (tick == 'u') recognition_.See(instance, Explained::kUnjudged);
      recognition_.End();
    }
  }
  void Expect(std::uint64_t recognised, std::uint64_t unrecognised) {
    EXPECT_EQ(recognition_.recognised(), recognised);
    EXPECT_EQ(recognition_.unrecognised(), unrecognised);
  }

  Recognition recognition_;
  double time_ = 1.7e9;
};

TEST_F(RecognitionTest, CountsOnceWhenItIsOver) {
  Live("..nnRR");
  Expect(0, 0);
  Live("..");
  Expect(1, 0);
  EXPECT_EQ(recognition_.Known().right, Recognition::kWeight);
  EXPECT_EQ(recognition_.Known().wrong, 0);
}

TEST_F(RecognitionTest, IsRecognisedWhereItMatchesBestMoreOftenThanAllOthers) {
  Live("nnR.");
  Expect(1, 0);
  Live("WRRnnn.");
  Expect(2, 0);
  Live("WR.");
  Expect(2, 1);
  Live("WWR.");
  Expect(2, 2);
  Live("nnnn.");
  Expect(2, 3);
}

TEST_F(RecognitionTest, WhatCannotBeJudgedIsNotCounted) {
  Live("uuuuu.");
  Live("R.");
  Live("uRu.");
  Expect(0, 0);
  Live("uRR.");
  Expect(1, 0);
}

TEST_F(RecognitionTest, AHorizonIsEnough) {
  Live("RRRRRRRRRR");
  Expect(0, 0);
  Live("R");
  Expect(1, 0);
  Live("WWWWWWWWWWWWWWWWWWWWWWWWWWWW.");
  Expect(1, 0);
  Live("WW.");
  Expect(1, 1);
}

TEST_F(RecognitionTest, ATickThatNobodyKnowsOfEndsNothing) {
  Live("RR??RR.");
  Expect(1, 0);
}

// Nothing was heard for longer than a horizon: what is there then is another injection.
TEST_F(RecognitionTest, WhatIsSeenAgainMuchLaterIsAnother) {
  Live("RR");
  time_ += 10 * kHorizon;
  Live("WW.");
  Expect(1, 1);
}

TEST_F(RecognitionTest, InstancesAreApart) {
  for (int tick = 0; tick < 3; ++tick) {
    recognition_.Begin(time_ += kTick, kHorizon);
    recognition_.See(0, Explained::kRight);
    recognition_.See(7, Explained::kWrong);
    recognition_.End();
  }
  Live(".");
  Expect(1, 1);
}

TEST_F(RecognitionTest, HoweverManyTheyAreTheyWeighSoMuch) {
  for (int i = 0; i < 500; ++i) Live("WW.");
  Expect(0, 500);
  EXPECT_NEAR(recognition_.Known().wrong, Recognition::kWeight * Recognition::kMemory, 0.01);
  for (int i = 0; i < 500; ++i) Live("RR.");
  EXPECT_LT(recognition_.Known().wrong, 0.01);
}

TEST_F(RecognitionTest, WhatWasLearntFades) {
  Live("WW.");
  time_ += Recognition::kHalfLife;
  Live(".");
  EXPECT_NEAR(recognition_.Known().wrong, Recognition::kWeight / 2, 1e-3);
  Expect(0, 1);
  recognition_.Forget();
  EXPECT_EQ(recognition_.Known().wrong, 0);
  Expect(0, 1);
}

TEST_F(RecognitionTest, GoesOnWhereItWasSaved) {
  Live("WW.RRR");
  detectors::Archive saved;
  recognition_.Save(saved);
  for (std::size_t size = 0; size < saved.bytes().size(); size += 7) {
    detectors::Archive broken(saved.bytes().substr(0, size));
    ASSERT_FALSE(recognition_.Restore(broken)) << size;
    Expect(0, 0);
  }
  detectors::Archive archive(saved.bytes());
  archive.KeepInstances({3});  // which moves up
  ASSERT_TRUE(recognition_.Restore(archive));
  Expect(0, 1);
  Live("W", 0);
  Live(".");
  Expect(1, 1);
}

// What injections say is worth something for the accuracy, and nothing for the confidence.
TEST(Accuracy, FollowsInjectionsAndLeavesTheConfidenceAlone) {
  const FaultTerms terms{"MemoryLeak", kHorizon, 0.5, 0.9};
  Scorekeeper scores;
  scores.SetFaults({terms});
  const FaultRecord& record = scores.faults()[0];
  EXPECT_DOUBLE_EQ(record.Accuracy().mean, 0.9);
  EXPECT_DOUBLE_EQ(record.Accuracy().deviation, BeliefOf({18, 2}).deviation);
  double time = 1.7e9;
  const auto inject = [&](int times, Explained explained) {
    for (int tick = 0; tick < 3 * times; ++tick) {
      scores.Begin(time += kTick, kTick);
      (void)scores.Publish(0, {0, 0.9, 0, false, Standing::kMasked});
      if (tick % 3 < 2) scores.Inject(0, 0, explained);
      scores.End();
    }
  };
  inject(4, Explained::kRight);
  EXPECT_DOUBLE_EQ(record.Accuracy().mean, 19.0 / 21);
  EXPECT_LT(record.Accuracy().deviation, BeliefOf({18, 2}).deviation);
  inject(30, Explained::kWrong);
  EXPECT_LT(record.Accuracy().mean, 0.75);
  EXPECT_GT(record.Accuracy().mean, 0.6);
  EXPECT_EQ(record.calibration.Accuracy(), 0.9);
  for (const double raw : {0.2, 0.5, 0.9}) EXPECT_EQ(record.calibration.Of(raw), Calibration(0.9).Of(raw));
  for (const Outcome outcome : kOutcomes) EXPECT_EQ(record.Episodes(outcome) + record.Samples(outcome), 0u);

  scores.SetFaults({{"MemoryLeak", kHorizon, 0.5, 0.6}});  // another signature of that name
  EXPECT_DOUBLE_EQ(scores.faults()[0].Accuracy().mean, 0.6);
  EXPECT_EQ(scores.faults()[0].recognition.unrecognised(), 30u);
}

TEST(Accuracy, IsTheMeanOfWhatOutcomesAreWorth) {
  Calibration calibration(0.9);
  for (int i = 0; i < 20; ++i) calibration.Learn({0.9, i % 2 == 0});
  const Worth known = calibration.Known();
  EXPECT_DOUBLE_EQ(known.right, 0.9 * 20 + 10);
  EXPECT_DOUBLE_EQ(known.right + known.wrong, 40);
  EXPECT_DOUBLE_EQ(BeliefOf(known).mean, calibration.Accuracy());
  Calibration sure(1);
  for (int i = 0; i < 100; ++i) sure.Learn({0.6, true});
  EXPECT_DOUBLE_EQ(BeliefOf(sure.Known()).mean, Calibration::kCeiling);
}

}  // namespace
}  // namespace forewarn::confidence
