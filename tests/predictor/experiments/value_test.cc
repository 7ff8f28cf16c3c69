// SPDX-License-Identifier: Apache-2.0
#include "predictor/experiments/value.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>

namespace forewarn::experiments {
namespace {

using confidence::Belief;
using confidence::BeliefOf;
using knowledge::Clause;
using knowledge::Condition;
using knowledge::Signature;
using telemetry::kMissing;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

// A signature whose fault manifests in its first signal; each symptom weighs one more than the one before it.
Signature SignatureOf(const std::vector<std::string>& signals) {
  Signature signature;
  signature.signals = signals;
  signature.manifestations = {{0, 1}};
  for (std::uint32_t i = 0; i < signals.size(); ++i) {
    signature.symptoms.push_back({{Clause{i, Condition::kHigh}}, 1.0 + i});
  }
  return signature;
}

class ValueTest : public testing::Test {
 protected:
  explicit ValueTest(std::uint32_t instances = 3) : instances_(instances) {
    snapshot_.instances = &names_;
    snapshot_.signals = &signals_;
    for (std::uint32_t i = 0; i < instances; ++i) names_.SlotOf("vm" + std::to_string(i));
    unrest_.assign(instances, 0);
    Measure("a");
    Measure("b");
  }
  void Measure(const std::string& signal) {
    signals_.SlotOf(signal);
    snapshot_.columns.emplace_back(instances_, 0.5);
    anomalies_.emplace_back(instances_, detectors::Anomaly{0, 0.5f, 0.1f});
  }
  std::vector<Value> Values(const std::vector<Lesson>& lessons, std::size_t most = kMost) {
    return MostWorth(lessons, {snapshot_, anomalies_, unrest_}, most);
  }
  // Of each instance, with one lesson of which nothing is known; 0 where there is none.
  std::vector<double> OfEach() {
    std::vector<double> values(instances_, 0);
    for (const Value& of : Values({{&signature_, {}, {}}})) values[of.instance] = of.value;
    return values;
  }

  const std::uint32_t instances_;
  Signature signature_ = SignatureOf({"a", "b"});
  telemetry::Names names_, signals_;
  telemetry::Snapshot snapshot_;
  detectors::AnomalyColumns anomalies_;
  std::vector<float> unrest_;
};

TEST_F(ValueTest, FollowsWhatIsNotKnown) {
  const auto value = [&](const Belief& accuracy, const Belief& mitigation) {
    return Values({{&signature_, accuracy, mitigation}}).at(0).value;
  };
  EXPECT_EQ(value({}, {}), 1);
  EXPECT_DOUBLE_EQ(value({0.9, Belief::kNothingKnown / 4}, {0.5, Belief::kNothingKnown / 2}), 1 - 0.75 * 0.5);
  EXPECT_THAT(Values({{&signature_, {0.9, 0}, {1, 0}}}), IsEmpty());
  // Under the default threshold after half a dozen of experiments that agree, or a dozen that don't.
  const Belief accuracy = BeliefOf({18, 2});
  EXPECT_GT(value(accuracy, BeliefOf({3, 1})), 0.7);
  EXPECT_LT(value(accuracy, BeliefOf({7, 1})), 0.6);
  EXPECT_LT(value(accuracy, BeliefOf({1, 7})), 0.6);
  EXPECT_LT(value(accuracy, BeliefOf({7, 7})), 0.6);
}

TEST_F(ValueTest, IsForCalmInstances) {
  unrest_ = {0.5f, 0.75f, 1};
  EXPECT_THAT(OfEach(), ElementsAre(1, 0.5, 0));
  unrest_ = {0, 3};  // nothing is known of the third
  EXPECT_THAT(OfEach(), ElementsAre(1, 0, 0));
}

TEST_F(ValueTest, CountsWhatCanBeSeenOfTheFault) {
  snapshot_.columns[0][0] = kMissing;                  // its manifestation
  snapshot_.columns[1][1] = kMissing;                  // a symptom, of two thirds of the weight
  anomalies_[1][2].score = detectors::Anomaly::kNone;  // the same, which is too new to be judged
  EXPECT_THAT(OfEach(), ElementsAre(0, testing::DoubleNear(1.0 / 3, 1e-12), testing::DoubleNear(1.0 / 3, 1e-12)));
}

TEST_F(ValueTest, SaysNothingOfAFaultThatNobodyMeasures) {
  signature_ = SignatureOf({"c", "a"});
  EXPECT_THAT(OfEach(), ElementsAre(0, 0, 0));
  signature_ = SignatureOf({"a", "c"});
  EXPECT_THAT(OfEach(), ElementsAre(1, 1, 1));  // of the signature as it is used here
  signature_.symptoms.clear();
  EXPECT_THAT(OfEach(), ElementsAre(0, 0, 0));
  snapshot_.columns.clear();
  anomalies_.clear();
  EXPECT_THAT(OfEach(), ElementsAre(0, 0, 0));
}

TEST_F(ValueTest, ASymptomIsSeenByAnyOfItsSignals) {
  signature_ = SignatureOf({"a"});
  signature_.signals.emplace_back("c");
  signature_.symptoms.push_back({{Clause{1, Condition::kHigh}, Clause{0, Condition::kHigh}}, 1});
  EXPECT_THAT(OfEach(), ElementsAre(1, 1, 1));
}

class ManyTest : public ValueTest {
 protected:
  ManyTest() : ValueTest(1000) {}
};

TEST_F(ManyTest, GivesAFew) {
  const Lesson lesson{&signature_, {}, {}};
  EXPECT_THAT(Values({lesson}), SizeIs(kMost));
  EXPECT_EQ(Values({lesson}).back().instance, kMost - 1);  // of equals the lower slots
  EXPECT_THAT(Values({lesson}, 3), SizeIs(3));
  EXPECT_THAT(Values({lesson}, 0), IsEmpty());
  EXPECT_THAT(Values({}), IsEmpty());
}

TEST_F(ManyTest, FindsTheBestThoughItIsTheLast) {
  unrest_.assign(instances_, 0.9f);
  unrest_.back() = 0;
  EXPECT_EQ(Values({{&signature_, {}, {}}})[0].instance, instances_ - 1);
}

TEST_F(ManyTest, EachFaultsBestComesBeforeSecondBests) {
  const Signature other = SignatureOf({"b", "a"});
  const auto values = Values({{&signature_, {0.9, 0.01}, {0.9, 0.01}}, {&other, {}, {}}}, 4);
  ASSERT_THAT(values, SizeIs(4));
  EXPECT_EQ(values[0].lesson, 1u);
  EXPECT_EQ(values[1].lesson, 0u);
  EXPECT_EQ(values[2].lesson, 1u);
  EXPECT_EQ(values[2].instance, 1u);
  EXPECT_GT(values[2].value, values[1].value);
}

// A thousand alike are as good as the first few: a look at all of them each tick would be for nothing.
TEST_F(ManyTest, StaysTheSameFromTickToTick) {
  const Lesson lesson{&signature_, {}, {}};
  const auto first = Values({lesson});
  for (std::uint32_t i = 0; i < instances_; ++i) unrest_[i] = 0.4f * static_cast<float>((i * 7919) % 100) / 100;
  const auto second = Values({lesson});
  ASSERT_EQ(first.size(), second.size());
  for (std::size_t i = 0; i < first.size(); ++i) EXPECT_EQ(first[i].instance, second[i].instance);
}

}  // namespace
}  // namespace forewarn::experiments
