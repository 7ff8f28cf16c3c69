// SPDX-License-Identifier: Apache-2.0
#include "predictor/confidence/scorekeeper.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <numeric>
#include <random>

namespace forewarn::confidence {
namespace {

constexpr double kTick = 10, kHorizon = 100;
const FaultTerms kTerms{"MemoryLeak", kHorizon, 0.5, 0.9};

// Instances whose fault manifests within the horizon with a known probability: while an instance is in a state, at a
// constant rate. What the predictor says of that probability is `said`.
class Fleet {
 public:
  using Said = std::function<double(double truth)>;
  explicit Fleet(Said said) : said_(std::move(said)), instances_(100) { scores_.SetFaults({kTerms}); }

  void Run(int horizons) {
    for (double until = time_ + horizons * kHorizon; time_ < until; time_ += kTick) {
      scores_.Begin(time_, kTick);
      for (std::uint32_t i = 0; i < instances_.size(); ++i) Live(i);
      scores_.End();
    }
  }
  // From now on whatever reaches `threshold` is mitigated for three horizons, and so never manifests.
  void MitigateFrom(double threshold) { threshold_ = threshold; }
  const FaultRecord& record() const { return scores_.faults()[0]; }

 private:
  struct Instance {
    double truth = 0, until = 0, manifest_until = 0, mitigated_until = 0;
  };

  double Uniform() { return std::uniform_real_distribution<double>(0, 1)(random_); }

  void Live(std::uint32_t i) {
    Instance& it = instances_[i];
    const bool mitigated = time_ < it.mitigated_until;
    if (time_ >= it.until && time_ >= it.manifest_until)
      it = {0.95 * Uniform(), time_ + 20 * kHorizon, 0, it.mitigated_until};
    const double per_tick = 1 - std::pow(1 - it.truth, kTick / kHorizon);
    if (!mitigated && time_ >= it.manifest_until && Uniform() < per_tick) {
      it.manifest_until = time_ + kHorizon / 2;
      it.until = it.manifest_until;
    }
    const double confidence = scores_.Publish(
        0, {i, said_(it.truth), 0, time_ < it.manifest_until, mitigated ? Standing::kMitigated : Standing::kFree});
    if (confidence >= threshold_ && time_ >= it.mitigated_until) it.mitigated_until = time_ + 3 * kHorizon;
  }

  Said said_;
  std::vector<Instance> instances_;
  Scorekeeper scores_;
  std::mt19937 random_{1};
  double time_ = 1.7e9, threshold_ = 2;
};

TEST(Scorekeeper, AGeneratorThatIsRightIsFoundRight) {
  Fleet fleet([](double truth) { return truth; });
  fleet.Run(100);
  ASSERT_TRUE(fleet.record().reliability.CalibrationError());
  EXPECT_LE(*fleet.record().reliability.CalibrationError(), 0.05);
  EXPECT_GT(*fleet.record().reliability.BrierSkill(), 0.1);
  for (const double raw : {0.2, 0.5, 0.8}) EXPECT_NEAR(fleet.record().calibration.Of(raw), raw, 0.06) << raw;
}

TEST(Scorekeeper, AGeneratorThatBoastsIsCorrected) {
  Fleet fleet([](double truth) { return std::sqrt(truth); });
  fleet.Run(10);
  EXPECT_GT(*fleet.record().reliability.CalibrationError(), 0.1);
  fleet.Run(190);
  EXPECT_LE(*fleet.record().reliability.CalibrationError(), 0.05);
  EXPECT_GT(*fleet.record().reliability.BrierSkill(), 0.1);
  EXPECT_NEAR(fleet.record().calibration.Of(std::sqrt(0.5)), 0.5, 0.06);
}

TEST(Scorekeeper, WhatIsMitigatedDoesNotBias) {
  Fleet fleet([](double truth) { return truth; });
  fleet.MitigateFrom(0.7);
  fleet.Run(200);
  const FaultRecord& record = fleet.record();
  EXPECT_GT(record.Episodes(Outcome::kMitigated), 0u);
  EXPECT_GT(record.Samples(Outcome::kMitigated), 0u);
  EXPECT_TRUE(record.calibration.IsFrozen(0.85));
  for (const double raw : {0.2, 0.5, 0.85}) EXPECT_NEAR(record.calibration.Of(raw), raw, 0.06) << raw;
  EXPECT_LE(*record.reliability.CalibrationError(), 0.05);
}

TEST(Scorekeeper, EpisodesAreRightAsOftenAsTheySay) {
  Fleet fleet([](double truth) { return truth; });
  fleet.Run(200);
  const FaultRecord& record = fleet.record();
  const double hits = static_cast<double>(record.Episodes(Outcome::kHit));
  const double all = hits + static_cast<double>(record.Episodes(Outcome::kFalseAlarm));
  EXPECT_GT(hits / all, 0.55);  // those of 0.5 to 0.95, the less sure ones more often since they take longer
  EXPECT_LT(hits / all, 0.75);
  EXPECT_EQ(std::accumulate(record.leads.counts.begin(), record.leads.counts.end(), std::uint64_t{0}),
            record.Episodes(Outcome::kHit));
}

// A prediction at the threshold while its fault's calibration changes.
TEST(Scorekeeper, LearningDoesNotMakeAnAlertFlap) {
  Scorekeeper scores;
  scores.SetFaults({kTerms});
  std::mt19937 random(1);
  int crossings = 0;
  bool above = true;
  for (int tick = 0; tick < 20000; ++tick) {
    scores.Begin(1.7e9 + tick * kTick, kTick);
    const bool now = scores.Publish(0, {0, 0.5001, 0, false, Standing::kFree}) >= 0.5;
    if (now != above) ++crossings;
    above = now;
    for (std::uint32_t i = 1; i < 20; ++i) {
      const bool manifested = random() % 20 == 0;
      (void)scores.Publish(0, {i, 0.5, 0, manifested, Standing::kFree});
    }
    scores.End();
  }
  EXPECT_LE(crossings, 20);  // in more than two days
}

TEST(Scorekeeper, WhatHasComeTrueIsAsSureAsBefore) {
  Scorekeeper scores;
  scores.SetFaults({kTerms});
  for (int tick = 0; tick < 2000; ++tick) {
    scores.Begin(tick * kTick, kTick);
    (void)scores.Publish(0, {0, 0.8, 0, false, Standing::kFree});
    scores.End();
  }
  scores.Begin(20000, kTick);
  EXPECT_LT(scores.Publish(0, {0, 0.8, 0, false, Standing::kFree}), 0.6);
  EXPECT_EQ(scores.Publish(0, {0, 0.8, 0, true, Standing::kFree}), 0.8);
}

TEST(Scorekeeper, KeepsTheRecordsOfFaultsThatStay) {
  Scorekeeper scores;
  const auto run = [&](double from) {
    for (double time = from; time < from + 2000; time += kTick) {
      scores.Begin(time, kTick);
      for (std::size_t fault = 0; fault < scores.faults().size(); ++fault) {
        (void)scores.Publish(fault, {0, 0.8, 0, false, Standing::kFree});
      }
      scores.End();
    }
  };
  scores.SetFaults({kTerms, {"DiskFull", kHorizon, 0.5, 0.9}});
  run(1.7e9);
  const auto alarms = scores.faults()[0].Episodes(Outcome::kFalseAlarm);
  EXPECT_GT(alarms, 5u);  // until it is believed no longer
  const double learnt = scores.faults()[0].calibration.Of(0.8);
  EXPECT_LT(learnt, 0.8);

  scores.SetFaults({{"New", kHorizon, 0.5, 0.9}, kTerms});
  EXPECT_EQ(scores.faults()[0].Episodes(Outcome::kFalseAlarm), 0u);
  EXPECT_EQ(scores.faults()[1].Episodes(Outcome::kFalseAlarm), alarms);
  EXPECT_EQ(scores.faults()[1].calibration.Of(0.8), learnt);

  detectors::Archive saved;
  scores.Save(saved);
  Scorekeeper restored;
  restored.SetFaults({kTerms});
  detectors::Archive archive(saved.bytes());
  ASSERT_TRUE(restored.Restore(archive));
  EXPECT_EQ(restored.faults()[0].Episodes(Outcome::kFalseAlarm), alarms);
  EXPECT_EQ(restored.faults()[0].calibration.Of(0.8), learnt);
  EXPECT_EQ(restored.faults()[0].terms.fault, "MemoryLeak");

  for (std::size_t size = 0; size < saved.bytes().size(); size += 97) {
    detectors::Archive broken(saved.bytes().substr(0, size));
    ASSERT_FALSE(restored.Restore(broken)) << size;
    EXPECT_EQ(restored.faults()[0].Episodes(Outcome::kFalseAlarm), 0u);
    EXPECT_EQ(restored.faults()[0].calibration.Of(0.8), Calibration(0.9).Of(0.8));
  }

  scores.SetFaults({{"MemoryLeak", kHorizon, 0.5, 0.6}});  // another signature of that name
  EXPECT_EQ(scores.faults()[0].Episodes(Outcome::kFalseAlarm), alarms);
  EXPECT_EQ(scores.faults()[0].calibration.Accuracy(), 0.6);
}

TEST(LeadTimes, CountWhatHadNoLeadApart) {
  LeadTimes leads;
  for (const double lead : {0.0, 0.0, 3.0, 5.0, 7.0, 1e6}) leads.Add(lead);
  EXPECT_EQ(leads.counts[0], 2u);
  EXPECT_EQ(leads.counts[1], 2u);
  EXPECT_EQ(leads.counts[2], 1u);
  EXPECT_EQ(leads.counts.back(), 1u);
  EXPECT_EQ(leads.sum, 1e6 + 15);
}

}  // namespace
}  // namespace forewarn::confidence
