// SPDX-License-Identifier: Apache-2.0
// What experiments teach, what they don't, and which would teach most.
#include "predictor/lessons.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>

#include "tests/predictor/scenario.h"

namespace forewarn::predictor {
namespace {

using testing::ElementsAre;
using testing::Ge;
using testing::IsEmpty;
using testing::Lt;

const confidence::FaultRecord& RecordOf(const Scenario& scenario, const std::string& fault) {
  for (const auto& record : scenario.predictor().scorekeeper().faults()) {
    if (record.terms.fault == fault) return record;
  }
  throw std::logic_error("no record of " + fault);
}

// A guest at peace whose disk is throttled between 100 and 160 s: milder than what saturates it.
Scenario MildDisk(double most = 0.75) {
  const auto throttled = [](double from, double to) {
    return [=](double t) { return t < 160 ? Ramp(from, to, 100, 150)(t) : from; };
  };
  Scenario scenario;
  scenario.With("disk_utilisation", Noisy(throttled(0.15, most), 0.01, 1))
      .With("disk_iops", Noisy(Constant(20), 1, 2))
      .With("disk_latency", Noisy(throttled(0.002, 0.002 * most / 0.15), 0.0002, 3))
      .With("memory_pressure", Noisy(Constant(0.4), 0.002, 4))
      .With("cpu_usage", Noisy(Constant(0.2), 0.02, 5));
  return scenario;
}

// Marked from before the injection until the signals' windows are over it.
void Experiment(Scenario& scenario, const std::string& fault, const std::function<void(double, const Output&)>& each) {
  Circumstances marked, injected;
  marked.masked = injected.masked = {true};
  injected.injections = {{0, fault}};
  scenario.Run(95, each);
  scenario.Under(marked).Run(99, each);
  scenario.Under(injected).Run(160, each);
  scenario.Under(marked).Run(200, each);
  scenario.Under({}).Run(400, each);
}

TEST(Injections, AreRecognisedAndCountForTheAccuracyAlone) {
  auto scenario = MildDisk();
  Experiment(scenario, "DiskContention", nullptr);
  const auto& disk = RecordOf(scenario, "DiskContention");
  EXPECT_EQ(disk.recognition.recognised(), 1u);
  EXPECT_EQ(disk.recognition.unrecognised(), 0u);
  EXPECT_GT(disk.Accuracy().mean, 0.9);
  EXPECT_EQ(disk.calibration.Accuracy(), 0.9);
  for (const auto outcome : confidence::kOutcomes) {
    EXPECT_EQ(disk.Episodes(outcome), 0u) << Name(outcome);
  }
}

TEST(Injections, AreNotRecognisedWhereAnotherFaultIsSeenOrNone) {
  auto scenario = MildDisk(), nothing = MildDisk(0.15);
  Experiment(scenario, "MemoryLeak", nullptr);
  EXPECT_EQ(RecordOf(scenario, "MemoryLeak").recognition.unrecognised(), 1u);
  EXPECT_EQ(RecordOf(scenario, "DiskContention").recognition.recognised(), 0u);
  Experiment(nothing, "DiskContention", nullptr);
  EXPECT_EQ(RecordOf(nothing, "DiskContention").recognition.unrecognised(), 1u);
  EXPECT_LT(RecordOf(nothing, "DiskContention").Accuracy().mean, 0.9);
}

TEST(Injections, OfWhatNobodyMeasuresOrKnowsAreNotCounted) {
  auto scenario = MildDisk();
  Experiment(scenario, "DiskFull", nullptr);
  EXPECT_EQ(RecordOf(scenario, "DiskFull").recognition.unrecognised(), 0u);
  auto unknown = MildDisk();
  Experiment(unknown, "Gremlins", nullptr);
  for (const auto& record : unknown.predictor().scorekeeper().faults()) {
    EXPECT_EQ(record.recognition.recognised() + record.recognition.unrecognised(), 0u) << record.terms.fault;
  }
}

// Without the mark it would have been predicted; with it nothing is left of it once the mark is gone.
TEST(Injections, LeaveNothingBehind) {
  double unmarked = 0, during = 0, after = 0;
  const auto confidence = [](const Output& output) {
    const Prediction* disk = Scenario::Find(output, "DiskContention");
    return disk ? disk->confidence : 0;
  };
  auto without = MildDisk(0.9);
  without.Run(400, [&](double, const Output& output) { unmarked = std::max(unmarked, confidence(output)); });
  EXPECT_GE(unmarked, 0.5);

  std::vector<double> injected, quiet;  // what is expected, after the mark
  auto scenario = MildDisk(0.9), peace = MildDisk(0.15);
  Experiment(scenario, "DiskContention", [&](double now, const Output& output) {
    double& highest = now > 200 ? after : during;
    highest = std::max(highest, confidence(output));
    if (now > 200) injected.push_back(output.signals[0][0].expected);
  });
  Experiment(peace, "DiskContention", [&](double now, const Output& output) {
    if (now > 200) quiet.push_back(output.signals[0][0].expected);
  });
  EXPECT_GE(during, 0.5);  // it is matched all the while
  EXPECT_LT(after, 0.5);
  EXPECT_EQ(injected, quiet);
}

TEST(Injections, AreKeptWithTheRest) {
  auto scenario = MildDisk();
  Experiment(scenario, "DiskContention", nullptr);
  detectors::Archive saved;
  scenario.predictor().Save(saved);
  detectors::Archive archive(saved.bytes());
  auto restored = Predictor::Create({}).value();
  ASSERT_TRUE(restored->Restore(archive));
  for (const auto& record : restored->scorekeeper().faults()) {
    EXPECT_EQ(record.recognition.recognised(), record.terms.fault == "DiskContention" ? 1u : 0u);
    EXPECT_DOUBLE_EQ(record.Accuracy().mean, RecordOf(scenario, record.terms.fault).Accuracy().mean);
  }
}

// What an experiment would teach at the last tick of some, by fault.
std::map<std::string, double> ValuesOf(const Circumstances& circumstances, double most = 0.15, double until = 140) {
  auto scenario = MildDisk(most);
  std::map<std::string, double> values;
  scenario.Under(circumstances).Run(until, [&](double, const Output& output) {
    values.clear();
    for (const auto& of : output.experiments) values[of.fault] = of.value;
  });
  return values;
}

Circumstances Knowing(std::vector<Success> successes) {
  Circumstances circumstances;
  circumstances.successes = std::move(successes);
  return circumstances;
}

TEST(Experiments, AreWorthWhatIsNotKnown) {
  using testing::Pair;
  EXPECT_THAT(ValuesOf({}), IsEmpty());
  EXPECT_THAT(ValuesOf(Knowing({{"DiskFull", "disk", {}}, {"Gremlins", "x", {}}})), IsEmpty());
  const Success leak{"MemoryLeak", "memory", {0.9, 0.05}}, disk{"DiskContention", "disk_io", {}};
  EXPECT_THAT(ValuesOf(Knowing({leak, disk})),
              ElementsAre(Pair("DiskContention", Ge(0.6)), Pair("MemoryLeak", Lt(0.5))));
}

// The one with the best mean is what a plan begins with; of equals the less known.
TEST(Experiments, AreAboutTheMitigationThatIsTriedFirst) {
  const Success known{"DiskContention", "disk_io", {0.9, 0.01}}, poor{"DiskContention", "placement", {0.2, 0.2}},
      equal{"DiskContention", "memory", {0.9, 0.2}};
  const double first = ValuesOf(Knowing({known})).at("DiskContention");
  EXPECT_EQ(ValuesOf(Knowing({poor, known})).at("DiskContention"), first);
  EXPECT_GT(ValuesOf(Knowing({known, equal})).at("DiskContention"), first);
}

TEST(Experiments, AreWorthNothingWhereThereIsSomethingElseGoingOn) {
  const auto knowing = Knowing({{"DiskContention", "disk_io", {}}, {"MemoryLeak", "memory", {}}});
  EXPECT_EQ(ValuesOf(knowing).size(), 2u);
  auto masked = knowing, mitigated = knowing, unknown = knowing;
  masked.masked = {true};
  mitigated.mitigated = {true};
  unknown.known = false;
  for (const auto& circumstances : {masked, mitigated, unknown}) EXPECT_THAT(ValuesOf(circumstances), IsEmpty());
  EXPECT_THAT(ValuesOf(knowing, 0.95), IsEmpty());  // DiskContention is predicted
}

}  // namespace
}  // namespace forewarn::predictor
