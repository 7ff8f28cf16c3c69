// SPDX-License-Identifier: Apache-2.0
#include "predictor/confidence/watcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

namespace forewarn::confidence {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Kind = Resolved::Kind;

constexpr double kStart = 1.7e9, kTick = 10, kHorizon = 100, kNotify = 0.5;

// One instance of one fault, tick by tick.
class WatcherTest : public testing::Test {
 protected:
  struct Now {
    double confidence = 0;
    bool manifested = false;
    Standing standing = Standing::kFree;
  };

  // Ticks from where the last call ended up to `until` s after the start, with what `at` says of each.
  void Run(double until, const std::function<Now(double)>& at) {
    for (; now_ <= until; now_ += kTick) {
      watcher_.Begin({kStart + now_, kTick, kHorizon, kNotify});
      const Now now = at(now_);
      watcher_.See({0, now.confidence, now.confidence, now.manifested, now.standing});
      End();
    }
  }
  void Run(double until, Now now) {
    Run(until, [&](double) { return now; });
  }
  void End() {
    for (const Resolved& resolved : watcher_.End()) {
      (resolved.kind == Kind::kEpisode ? episodes_ : samples_).push_back(resolved);
    }
  }
  static std::vector<Outcome> OutcomesOf(const std::vector<Resolved>& resolved) {
    std::vector<Outcome> outcomes;
    for (const auto& one : resolved) outcomes.push_back(one.outcome);
    return outcomes;
  }
  std::vector<Outcome> Episodes() const { return OutcomesOf(episodes_); }
  std::vector<Outcome> Samples() const { return OutcomesOf(samples_); }

  Watcher watcher_;
  double now_ = 0;
  std::vector<Resolved> episodes_, samples_;
};

TEST_F(WatcherTest, WhatManifestsWithinTheHorizonIsAHit) {
  Run(50, {0.1});
  Run(110, {0.6});  // from 60 on
  Run(200, {0.9, true});
  ASSERT_THAT(Episodes(), ElementsAre(Outcome::kHit));
  EXPECT_EQ(episodes_[0].opened, kStart + 60);
  EXPECT_EQ(episodes_[0].decided, kStart + 120);
}

TEST_F(WatcherTest, TheLastTickOfTheHorizonCounts) {
  Run(50, {0.1});
  Run(150, {0.6});
  Run(200, {0.9, true});  // 100 s after 60
  EXPECT_THAT(Episodes(), ElementsAre(Outcome::kHit));
}

TEST_F(WatcherTest, WhatDoesNotIsAFalseAlarm) {
  Run(50, {0.1});
  Run(100, {0.6});
  Run(500, {0.1});
  ASSERT_THAT(Episodes(), ElementsAre(Outcome::kFalseAlarm));
  EXPECT_EQ(episodes_[0].decided - episodes_[0].opened, kHorizon);
}

TEST_F(WatcherTest, AConfidenceThatDipsIsOneEpisode) {
  Run(500, [](double t) { return Now{t < 100 && static_cast<int>(t / 10) % 2 == 0 ? 0.6 : 0.4}; });
  EXPECT_THAT(Episodes(), ElementsAre(Outcome::kFalseAlarm));
}

TEST_F(WatcherTest, APredictionThatGoesOnIsJudgedHorizonByHorizon) {
  Run(240, {0.6});
  Run(400, {0.9, true});  // at 250, in the third window
  EXPECT_THAT(Episodes(), ElementsAre(Outcome::kFalseAlarm, Outcome::kFalseAlarm, Outcome::kHit));
}

TEST_F(WatcherTest, AManifestationIsMissedOnce) {
  Run(50, {0.1});
  Run(300, [](double t) { return Now{0.1, static_cast<int>(t / 10) % 4 != 0}; });  // hovers about its limit
  EXPECT_THAT(Episodes(), ElementsAre(Outcome::kMissed));
  Run(380, {0.1});
  Run(420, {0.1, true});  // after more than half a horizon: another
  EXPECT_THAT(Episodes(), ElementsAre(Outcome::kMissed, Outcome::kMissed));
}

TEST_F(WatcherTest, NothingOpensWhileTheFaultIsThere) {
  Run(50, {0.6});
  Run(300, {0.9, true});
  Run(340, {0.9});  // just left its limit
  EXPECT_THAT(Episodes(), ElementsAre(Outcome::kHit));
  Run(600, {0.1});
  EXPECT_THAT(Episodes(), ElementsAre(Outcome::kHit));
}

TEST_F(WatcherTest, AnAbruptFaultIsAHitWithoutLead) {
  for (const double confidence : {0.9, 0.4}) {  // at once, or one tick late
    episodes_.clear();
    Run(now_ + 100, {0.0});
    Run(now_, {confidence, true});
    Run(now_ + 50, {0.9, true});
    ASSERT_THAT(Episodes(), ElementsAre(Outcome::kHit)) << confidence;
    EXPECT_EQ(episodes_[0].decided, episodes_[0].opened);
  }
  episodes_.clear();
  Run(now_ + 100, {0.0});
  Run(now_ + 10, {0.4, true});
  Run(now_ + 50, {0.9, true});  // two ticks late
  EXPECT_THAT(Episodes(), ElementsAre(Outcome::kMissed));
}

TEST_F(WatcherTest, WhatIsThereFromTheStartWasNotMissed) {
  Run(100, {0.1, true});
  EXPECT_THAT(Episodes(), IsEmpty());
}

TEST_F(WatcherTest, AMitigationMidwayCensors) {
  Run(50, {0.1});
  Run(80, {0.6});
  Run(120, {0.6, false, Standing::kMitigated});
  Run(150, {0.1});
  Run(500, {0.1, false});
  EXPECT_THAT(Episodes(), ElementsAre(Outcome::kMitigated));
  EXPECT_THAT(Samples(), testing::Not(testing::Contains(Outcome::kHit)));
}

TEST_F(WatcherTest, WhatManifestsDespiteAMitigationIsNoHit) {
  Run(50, {0.1});
  Run(80, {0.6});
  Run(120, {0.6, false, Standing::kMitigated});
  Run(200, {0.9, true, Standing::kMitigated});
  Run(300, {0.9, true});
  EXPECT_THAT(Episodes(), ElementsAre(Outcome::kMitigated));
}

TEST_F(WatcherTest, AMitigationIsSeenOneScrapeLate) {
  Run(50, {0.1});
  Run(110, {0.6});
  Run(now_, {0.9, true});  // manifest at 120
  Run(now_, {0.9, true, Standing::kMitigated});
  Run(300, {0.9, true});
  EXPECT_THAT(Episodes(), ElementsAre(Outcome::kMitigated));
}

TEST_F(WatcherTest, AMitigationUnderAPredictionCountsOnce) {
  Run(50, {0.1});
  Run(500, {0.6, false, Standing::kMitigated});
  EXPECT_THAT(Episodes(), ElementsAre(Outcome::kMitigated));
  EXPECT_THAT(Samples(), testing::Each(Outcome::kMitigated));
  Run(520, {0.6});  // it is over, the prediction is not: a new one, free to come true
  Run(560, {0.9, true});
  EXPECT_THAT(Episodes(), ElementsAre(Outcome::kMitigated, Outcome::kHit));
}

TEST_F(WatcherTest, AManifestationUnderAMitigationIsNotMissed) {
  Run(50, {0.1});
  Run(100, {0.1, true, Standing::kMitigated});
  Run(200, {0.1, true});
  EXPECT_THAT(Episodes(), IsEmpty());
}

TEST_F(WatcherTest, AMissThatAMitigationOvertookIsNone) {
  Run(50, {0.1});
  Run(now_, {0.1, true});
  Run(200, {0.1, true, Standing::kMitigated});
  EXPECT_THAT(Episodes(), IsEmpty());
}

TEST_F(WatcherTest, AMaskDrops) {
  Run(50, {0.1});
  Run(80, {0.6});
  Run(now_, {0.6, false, Standing::kMasked});
  Run(200, {0.9, true, Standing::kMasked});
  Run(300, {0.9, true});  // was there when the mask fell
  EXPECT_THAT(Episodes(), ElementsAre(Outcome::kDropped));
}

TEST_F(WatcherTest, AGapDropsWhetherOrNotTheInstanceComesBack) {
  Run(50, {0.1});
  Run(80, {0.6});
  for (int tick = 0; tick < 7; ++tick, now_ += kTick) {
    watcher_.Begin({kStart + now_, kTick, kHorizon, kNotify});
    End();
  }
  EXPECT_THAT(Episodes(), ElementsAre(Outcome::kDropped));
  Run(250, {0.9, true});
  EXPECT_THAT(Episodes(), ElementsAre(Outcome::kDropped));
}

TEST_F(WatcherTest, AFewMissedScrapesDropNothing) {
  Run(50, {0.1});
  Run(80, {0.6});
  now_ += 3 * kTick;
  Run(200, {0.9, true});
  EXPECT_THAT(Episodes(), ElementsAre(Outcome::kHit));
}

TEST_F(WatcherTest, WhileNothingIsTicksOfUnknownStandingAreNotSeen) {
  Run(50, {0.1});
  Run(80, {0.6});
  Run(100, {0.9, true, Standing::kUnknown});
  EXPECT_THAT(Episodes(), IsEmpty());
  Run(200, {0.9, true});
  EXPECT_THAT(Episodes(), ElementsAre(Outcome::kHit));
}

TEST_F(WatcherTest, SamplesDoNotOverlapAndKnowNoThreshold) {
  Run(1000, {0.2});
  EXPECT_THAT(Episodes(), IsEmpty());
  ASSERT_GE(samples_.size(), 8u);
  EXPECT_LE(samples_.size(), 10u);
  for (std::size_t i = 0; i < samples_.size(); ++i) {
    EXPECT_EQ(samples_[i].outcome, Outcome::kFalseAlarm);
    EXPECT_FLOAT_EQ(static_cast<float>(samples_[i].raw), 0.2f);
    EXPECT_GE(samples_[i].opened, i == 0 ? 0 : samples_[i - 1].decided);
  }
}

TEST_F(WatcherTest, NothingBelowTheFloorIsSampled) {
  Run(1000, {0.05});
  EXPECT_THAT(Samples(), IsEmpty());
}

// The instants of samples have nothing to do with the values.
TEST_F(WatcherTest, SamplesComeWithoutRegardToWhatTheySample) {
  Run(5000, [](double t) { return Now{std::fmod(t, 170) < 40 ? 0.9 : 0.01}; });
  const double expected = 5000 / kHorizon * 40 / 170;
  EXPECT_NEAR(static_cast<double>(samples_.size()), expected, 0.3 * expected);
}

TEST_F(WatcherTest, AHorizonShorterThanTheTicksIsTwoTicksLong) {
  watcher_.Begin({kStart - 3600, 3600, 60, kNotify});
  watcher_.See({0, 0.6, 0.6, false, Standing::kFree});
  End();
  watcher_.Begin({kStart, 3600, 60, kNotify});
  watcher_.See({0, 0.9, 0.9, true, Standing::kFree});
  End();
  watcher_.Begin({kStart + 3600, 3600, 60, kNotify});
  watcher_.See({0, 0.9, 0.9, true, Standing::kFree});
  End();
  EXPECT_THAT(Episodes(), ElementsAre(Outcome::kHit));
}

TEST_F(WatcherTest, SurvivesARestart) {
  Run(50, {0.1});
  Run(80, {0.6});
  detectors::Archive saved;
  watcher_.Save(saved);
  detectors::Archive archive(saved.bytes());
  watcher_ = Watcher();
  ASSERT_TRUE(watcher_.Restore(archive));
  Run(120, {0.9, true});
  ASSERT_THAT(Episodes(), ElementsAre(Outcome::kHit));
  EXPECT_EQ(episodes_[0].opened, kStart + 60);
  detectors::Archive broken(saved.bytes().substr(0, saved.bytes().size() - 1));
  EXPECT_FALSE(watcher_.Restore(broken));
  EXPECT_FALSE(watcher_.Manifesting(0));
}

}  // namespace
}  // namespace forewarn::confidence
