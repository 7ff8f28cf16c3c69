// SPDX-License-Identifier: Apache-2.0
#include "predictor/foretold.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace forewarn::predictor {
namespace {

class ForetoldTest : public testing::Test {
 protected:
  // The score of the second instance.
  double At(double time, double confidence, const std::string& fault = "DiskFull") {
    Output output;
    output.predictions.resize(1);
    output.predictions[0].instance = 1;
    output.predictions[0].fault = fault;
    output.predictions[0].confidence = confidence;
    output.instances = {{0, 0.1}, {1, 0.4}};
    const std::map<std::string, double> notify = {{"DiskFull", 0.5}, {"MemoryLeak", 0.7}, {"Unknown", 0.5}};
    foretold_.Raise({time, 1, notify, whole_}, output);
    EXPECT_EQ(output.instances[0].score, 0.1);
    return output.instances[1].score;
  }
  std::vector<detectors::InstanceAnomaly> whole_;
  Foretold foretold_;
};

TEST_F(ForetoldTest, AnInstanceAlarmsAtTheOnsetAndWhenItIsSurer) {
  EXPECT_EQ(At(100, 0.4), 0.4);
  EXPECT_EQ(At(101, 0.6), Foretold::kScore + 0.6);
  EXPECT_EQ(At(102, 0.65), 0.4);
  EXPECT_EQ(At(103, 0.8), Foretold::kScore + 0.8);
  EXPECT_EQ(At(110, 0.1), 0.4);
  EXPECT_EQ(At(130, 0.8), 0.4);
  EXPECT_EQ(At(167, 0.8), Foretold::kScore + 0.8);
}

TEST_F(ForetoldTest, WhatComesAfterAFaultThatStillStandsRanksBehindIt) {
  EXPECT_EQ(At(100, 0.6), Foretold::kScore + 0.6);
  EXPECT_EQ(At(101, 0.9, "MemoryLeak"), Foretold::kFurther + 0.9);
  EXPECT_EQ(At(102, 0.8), Foretold::kScore + 0.8);
  EXPECT_EQ(At(140, 0.9, "MemoryLeak"), Foretold::kScore + 0.9);
}

TEST_F(ForetoldTest, WhatHasNoNameIsLeftToDetectorsOfWholeInstances) {
  whole_.resize(2);
  EXPECT_EQ(At(100, 0.9, "Unknown"), Foretold::kScore + 0.9);
  whole_[1].score = 0.2;
  EXPECT_EQ(At(200, 0.9, "Unknown"), 0.4);
  EXPECT_EQ(At(200, 0.9), Foretold::kScore + 0.9);
}

TEST_F(ForetoldTest, IsSavedAndRestored) {
  EXPECT_EQ(At(100, 0.6), Foretold::kScore + 0.6);
  detectors::Archive saved;
  foretold_.Save(saved);
  foretold_ = {};
  detectors::Archive restored(saved.bytes());
  ASSERT_TRUE(foretold_.Restore(restored));
  EXPECT_EQ(At(101, 0.6), 0.4);
}

TEST_F(ForetoldTest, AnInstanceTooYoungForAScoreHasOneWhereItsFaultIsSurelyForetold) {
  Output output;
  for (const std::uint32_t instance : {0, 1, 3}) {
    output.predictions.emplace_back().instance = instance;
    output.predictions.back().fault = "DiskFull";
    output.predictions.back().confidence = instance == 0 ? 0.55 : instance == 1 ? 0.7 : 1;
  }
  output.instances = {{2, 0.1}};
  const std::map<std::string, double> notify = {{"DiskFull", 0.5}};
  foretold_.Raise({100, 1, notify, whole_}, output);
  ASSERT_EQ(output.instances.size(), 3u);
  EXPECT_EQ(output.instances[0].instance, 1u);
  EXPECT_EQ(output.instances[0].score, Foretold::kScore + 0.7);
  EXPECT_EQ(output.instances[1].instance, 2u);
  EXPECT_EQ(output.instances[1].score, 0.1);
  EXPECT_EQ(output.instances[2].instance, 3u);
}

TEST_F(ForetoldTest, EachFaultHasItsThreshold) {
  EXPECT_EQ(At(100, 0.6, "MemoryLeak"), 0.4);
  EXPECT_EQ(At(101, 0.9, "ErrorBurst"), 0.4);
  EXPECT_EQ(At(102, 0.7, "MemoryLeak"), Foretold::kScore + 0.7);
}

}  // namespace
}  // namespace forewarn::predictor
