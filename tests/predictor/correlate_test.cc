// SPDX-License-Identifier: Apache-2.0
#include "predictor/correlate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace forewarn::predictor {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Four instances, of which the last runs elsewhere, and what is predicted for them.
class CorrelatorTest : public testing::Test {
 protected:
  const Output& At(double time, const std::vector<double>& confidences, const std::string& fault = "CpuDenied") {
    output_.predictions.clear();
    for (std::uint32_t i = 0; i < confidences.size(); ++i) {
      if (telemetry::IsMissing(confidences[i])) continue;
      Prediction prediction;
      prediction.instance = i;
      prediction.fault = fault;
      prediction.confidence = confidences[i];
      prediction.severity = 0.1 * (i + 1);
      prediction.expected_time = time + 10 + i;
      prediction.horizon = 60;
      output_.predictions.push_back(prediction);
    }
    const std::map<std::string, double> notify = {{"CpuDenied", 0.5}, {"DiskContention", 0.5}};
    correlator_.Correlate({time, 1, notify, hypervisors_, masked_}, output_);
    return output_;
  }

  std::vector<std::string> hypervisors_ = {"a", "a", "a", "b"};
  detectors::Mask masked_;
  Correlator correlator_;
  Output output_;
};

TEST_F(CorrelatorTest, WhatBefallsHalfOfAHostIsTheHosts) {
  const Output& output = At(100, {0.6, 0.8, 0.7, 0.9});
  ASSERT_EQ(output.hypervisors.size(), 1u);
  const auto& joint = output.hypervisors[0];
  EXPECT_EQ(joint.hypervisor, "a");
  EXPECT_EQ(joint.fault, "CpuDenied");
  EXPECT_DOUBLE_EQ(joint.confidence, 0.7);
  EXPECT_DOUBLE_EQ(joint.severity, 0.1 * 3);
  EXPECT_EQ(joint.expected_time, 110);
  EXPECT_EQ(joint.horizon, 60);
  EXPECT_THAT(joint.instances, ElementsAre(0, 1, 2));
  std::vector<bool> shared;
  for (const auto& prediction : output.predictions) shared.push_back(prediction.shared);
  EXPECT_THAT(shared, ElementsAre(true, true, true, false));
}

TEST_F(CorrelatorTest, AnInjectedFaultIsNoEvidenceAgainstTheHost) {
  masked_ = {false, true};
  EXPECT_THAT(At(100, {0.9, 0.9, 0.9, 0.1}).hypervisors, IsEmpty());
  masked_ = {};
  EXPECT_EQ(At(101, {0.9, 0.9, 0.9, 0.1}).hypervisors.size(), 1u);
}

TEST_F(CorrelatorTest, TwoMayBeACoincidence) {
  hypervisors_ = {"a", "a"};
  EXPECT_THAT(At(100, {0.9, 0.9}).hypervisors, IsEmpty());
}

TEST_F(CorrelatorTest, OneInstanceIsNoHost) {
  EXPECT_THAT(At(100, {0.9, 0.1, 0.1, 0.9}).hypervisors, IsEmpty());
  EXPECT_THAT(At(101, {0.9, NAN, NAN, NAN}).hypervisors, IsEmpty());
}

TEST_F(CorrelatorTest, AFewOfManyAreNoHost) {
  hypervisors_ = {"a", "a", "a", "a", "a"};
  EXPECT_THAT(At(100, {0.9, 0.9, 0.1, 0.1, 0.1}).hypervisors, IsEmpty());
}

TEST_F(CorrelatorTest, AFaultOfTheGuestsOwnIsNever) {
  EXPECT_THAT(At(100, {0.9, 0.9, 0.9, 0.9}, "MemoryLeak").hypervisors, IsEmpty());
}

TEST_F(CorrelatorTest, WhatBeganLongAgoIsAnotherStory) {
  hypervisors_ = {"a", "a", "a", "a", "a"};
  At(100, {0.9, 0.1, 0.1, 0.1, 0.1});
  EXPECT_THAT(At(200, {0.9, 0.9, 0.1, 0.1, 0.1}).hypervisors, IsEmpty());
  EXPECT_THAT(At(205, {0.9, 0.9, 0.9, 0.1, 0.1}).hypervisors, IsEmpty());
  EXPECT_EQ(At(210, {0.9, 0.9, 0.9, 0.9, 0.1}).hypervisors.size(), 1u);  // the three that came later are enough
}

TEST_F(CorrelatorTest, WhereItRunsMayBeUnknown) {
  hypervisors_ = {"", ""};
  EXPECT_THAT(At(100, {0.9, 0.9, 0.9, 0.9}).hypervisors, IsEmpty());
}

TEST_F(CorrelatorTest, StaysUntilFewHaveIt) {
  hypervisors_ = {"a", "a", "a", "a", "a", "a"};
  ASSERT_EQ(At(100, {0.9, 0.9, 0.9, 0.1, 0.1, 0.1}).hypervisors.size(), 1u);
  EXPECT_EQ(At(300, {0.9, 0.9, 0.1, 0.1, 0.1, 0.1}).hypervisors.size(), 1u);
  EXPECT_THAT(At(301, {0.9, 0.1, 0.1, 0.1, 0.1, 0.1}).hypervisors, IsEmpty());
  EXPECT_THAT(At(400, {0.9, 0.9, 0.1, 0.1, 0.1, 0.1}).hypervisors, IsEmpty());
}

TEST_F(CorrelatorTest, AMissedScrapeIsNoNews) {
  At(100, {0.9, 0.1, 0.1});
  At(130, {NAN, 0.1, 0.1});
  EXPECT_EQ(At(155, {0.9, 0.9, 0.9}).hypervisors.size(), 1u);
}

}  // namespace
}  // namespace forewarn::predictor
