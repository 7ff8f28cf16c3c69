// SPDX-License-Identifier: Apache-2.0
#include "predictor/judge.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace forewarn::predictor {
namespace {

constexpr double kMemory = 1;  // s, as the ticks are apart

// One instance whose signals have these anomaly scores, for as many ticks; what Unknown's confidence is then.
double UnknownOf(const std::vector<float>& scores, int ticks, double explained = 0) {
  telemetry::Names instances, signals;
  instances.SlotOf("web-1");
  telemetry::Snapshot snapshot{0, &instances, &signals, {}};
  for (std::size_t i = 0; i < scores.size(); ++i) {
    signals.SlotOf("signal_" + std::to_string(i));
    snapshot.columns.push_back({1});
  }
  detectors::AnomalyColumns anomalies;
  anomalies.Clear(snapshot);
  for (std::size_t i = 0; i < scores.size(); ++i) anomalies.Say(i, 0, {.score = scores[i], .expected = 0});
  const std::vector<std::vector<detectors::Trend>> trends;
  const auto table = detectors::BuildDetectors();
  UnknownJudge judge;
  double confidence = 0;
  for (; snapshot.time < ticks; ++snapshot.time) {
    const Evaluation seen{snapshot, anomalies, anomalies.detector_of, trends, table};
    const auto prediction = judge.Of(0, seen, explained, kMemory);
    confidence = prediction ? prediction->confidence : 0;
  }
  return confidence;
}

TEST(UnknownJudge, OneOddSignalIsNoFaultHoweverOdd) {
  EXPECT_EQ(UnknownOf({10}, 5), 0);
  EXPECT_EQ(UnknownOf({10, 0.5}, 5), 0);
}

TEST(UnknownJudge, TwoSignalsAreOneWhenTogetherAsImprobableAsTwoAlarms) {
  EXPECT_GE(UnknownOf({1, 1}, 2), 0.5);
  EXPECT_GE(UnknownOf({0.7f, 5}, 2), 0.5);
  EXPECT_EQ(UnknownOf({0.9f, 0.9f}, 5), 0);
  EXPECT_EQ(UnknownOf({0.9f, 0.9f, 0.9f}, 5), 0);
}

TEST(UnknownJudge, ItHasToLastAndToBeUnexplained) {
  EXPECT_LT(UnknownOf({5, 5}, 1), 0.5);
  EXPECT_EQ(UnknownOf({5, 5}, 5, 1), 0);
}

}  // namespace
}  // namespace forewarn::predictor
