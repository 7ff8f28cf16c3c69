// SPDX-License-Identifier: Apache-2.0
#include "predictor/predictor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "tests/predictor/scenario.h"

namespace forewarn::predictor {
namespace {

constexpr double kMitigate = 0.7;

Scenario DiskRamp(double step, double start, double end) {
  Scenario scenario(step);
  scenario.With("disk_utilisation", Noisy(Ramp(0.15, 1.0, start, end), 0.02, 1))
      .With("disk_iops", Noisy(Ramp(20, 150, start, end), 2, 2))
      .With("disk_latency", Noisy(Ramp(0.002, 0.02, start, end), 0.0003, 3))
      .With("memory_pressure", Noisy(Constant(0.4), 0.002, 4))
      .With("cpu_usage", Noisy(Constant(0.2), 0.02, 5));
  return scenario;
}

TEST(Predictor, SeesADiskFillUpWellBeforeItIsFull) {
  auto scenario = DiskRamp(1, 60, 160);
  const auto when = scenario.Reaches("DiskContention", kMitigate, 170);
  ASSERT_TRUE(when.has_value());
  EXPECT_LT(*when, 130);  // saturated at 154
  EXPECT_GT(*when, 62);
}

TEST(Predictor, WorksAtAScrapeOfFifteenSeconds) {
  auto scenario = DiskRamp(15, 900, 1800);
  const auto when = scenario.Reaches("DiskContention", kMitigate, 1850);
  ASSERT_TRUE(when.has_value());
  EXPECT_LT(*when, 1717);  // saturated at 1747
  EXPECT_GT(*when, 915);
}

TEST(Predictor, SeesALeakAndSaysWhenItEnds) {
  Scenario scenario;
  scenario.With("memory_pressure", Noisy(Ramp(0.4, 1.0, 60, 180), 0.003, 1))
      .With("memory_available", Noisy(Ramp(1.2e8, 0, 60, 180), 5e5, 2))
      .With("cpu_usage", Noisy(Constant(0.2), 0.02, 3));
  const auto when = scenario.Reaches("MemoryLeak", kMitigate, 130);
  ASSERT_TRUE(when.has_value());
  EXPECT_LT(*when, 125);
  scenario.Run(140, [](double now, const Output& output) {
    const Prediction* leak = Scenario::Find(output, "MemoryLeak");
    ASSERT_NE(leak, nullptr);
    EXPECT_GE(leak->confidence, kMitigate) << now;  // it does not flap
    EXPECT_NEAR(leak->expected_time - Scenario::kStart, 160, 12) << now;
    EXPECT_GT(leak->severity, 0.5);
    EXPECT_EQ(leak->horizon, 120);
    EXPECT_FALSE(leak->evidence.empty());
    EXPECT_LT(Scenario::Find(output, "DiskContention") == nullptr ? 0 : 1, 1);
  });
}

// Idle until its CPU fills up at once, as a rate over some scrapes shows it. Four times what is normal is a nearer
// limit than the CPU's own, and speaks less.
TEST(Predictor, ALimitSpeaksNoLessBecauseAnotherIsNearer) {
  Scenario scenario;
  scenario.With("cpu_usage", Noisy(Ramp(0.18, 1.0, 100, 104), 0.01, 1))
      .With("cpu_waiting", Noisy(Ramp(0.05, 1.0, 100, 104), 0.005, 2));
  const auto when = scenario.Reaches("CpuSaturation", 0.5, 110);
  ASSERT_TRUE(when.has_value());
  EXPECT_LT(*when, 104);
}

TEST(Predictor, AStepIsNotARamp) {
  Scenario scenario;
  scenario.With("memory_pressure", Noisy(StepAt(0.3, 0.6, 100), 0.003, 1))
      .With("memory_available", Noisy(StepAt(1e8, 6e7, 100), 5e5, 2));
  EXPECT_FALSE(scenario.Reaches("MemoryLeak", kMitigate, 300).has_value());
}

TEST(Predictor, ARampThatEndsIsForgotten) {
  Scenario scenario;
  scenario.With("memory_pressure", Noisy(Ramp(0.3, 0.55, 100, 150), 0.003, 1));
  scenario.Run(220);
  scenario.Run(230,
               [](double, const Output& output) { EXPECT_LT(Scenario::Find(output, "MemoryLeak")->confidence, 0.2); });
}

// What goes up and down all the time, in a rhythm or without one, is ordinary once it is known.
TEST(Predictor, WanderersAreOrdinary) {
  std::mt19937 random(3);
  std::normal_distribution<double> noise(0, 0.015);
  double value = 0.4;
  Scenario scenario;
  scenario
      .With("disk_utilisation",
            [&](double) { return value = std::clamp(value + noise(random) - 0.02 * (value - 0.4), 0.0, 1.0); })
      .With("memory_pressure", [](double t) { return 0.45 + 0.35 * std::sin(t * 2 * M_PI / 300); });
  scenario.Run(1200);
  int ticks = 0, disk = 0, memory = 0;
  scenario.Run(20000, [&](double, const Output& output) {
    ++ticks;
    if (Scenario::Find(output, "DiskContention")->confidence >= kMitigate) ++disk;
    if (Scenario::Find(output, "MemoryLeak")->confidence >= kMitigate) ++memory;
  });
  EXPECT_LE(disk, ticks / 1000);  // without a rhythm, the rarest excursion is news
  EXPECT_EQ(memory, 0);
}

TEST(Predictor, AMissedScrapeIsNoNews) {
  const auto ramp = Ramp(0.4, 1.0, 60, 180);
  Scenario scenario;
  scenario.With("memory_pressure",
                [=](double t) { return static_cast<int>(t) % 10 == 5 ? telemetry::kMissing : ramp(t); });
  scenario.Run(115);
  scenario.Run(150, [](double now, const Output& output) {
    const Prediction* leak = Scenario::Find(output, "MemoryLeak");
    ASSERT_EQ(leak == nullptr, static_cast<int>(now) % 10 == 5) << now;
    if (leak == nullptr) return;
    EXPECT_GE(leak->confidence, kMitigate) << now;
  });
}

TEST(Predictor, QuietTelemetryRaisesNothingInADay) {
  Scenario scenario;
  scenario.With("disk_utilisation", Noisy(Constant(0.3), 0.05, 1))
      .With("disk_iops", Noisy(Constant(50), 10, 2))
      .With("disk_latency", Noisy(Constant(0.003), 0.001, 3))
      .With("memory_pressure", Noisy([](double t) { return 0.5 + 0.1 * std::sin(t / 600); }, 0.005, 4))
      .With("cpu_usage", Noisy(Constant(0.3), 0.1, 5));
  double highest = 0;
  scenario.Run(86400, [&](double, const Output& output) {
    for (const auto& prediction : output.predictions) highest = std::max(highest, prediction.confidence);
  });
  EXPECT_LT(highest, kMitigate);
}

TEST(Predictor, ColdStartGivesNoConfidentNumber) {
  auto scenario = DiskRamp(1, 0, 30);
  scenario.Run(15, [](double, const Output& output) { EXPECT_TRUE(output.predictions.empty()); });
}

TEST(Predictor, WhatIsMissingVanishes) {
  Scenario scenario;
  scenario.With("memory_pressure", [](double t) { return t > 100 ? telemetry::kMissing : 0.5; });
  scenario.Run(100);
  scenario.Run(101, [](double now, const Output& output) {
    if (now <= 100) return;
    EXPECT_EQ(Scenario::Find(output, "MemoryLeak"), nullptr);
    EXPECT_TRUE(telemetry::IsMissing(output.signals[0][0].score));
  });
}

TEST(Predictor, WhatIsAtItsLimitStaysPredicted) {
  auto scenario = DiskRamp(1, 60, 160);
  scenario.Run(200);
  scenario.Run(230, [](double, const Output& output) {
    const Prediction* prediction = Scenario::Find(output, "DiskContention");
    ASSERT_NE(prediction, nullptr);
    EXPECT_GT(prediction->confidence, 0.85);
    EXPECT_EQ(prediction->severity, 1);
  });
}

TEST(Predictor, StrangeSignalsThatNoSignatureExplainsAreUnknown) {
  Scenario scenario;
  scenario.With("context_switches", Noisy(StepAt(1, 100, 200), 0.1, 1))
      .With("interrupts", Noisy(StepAt(1, 100, 200), 0.1, 2));
  scenario.Run(210);
  scenario.Run(211, [](double, const Output& output) {
    const Prediction* unknown = Scenario::Find(output, "Unknown");
    ASSERT_NE(unknown, nullptr);
    EXPECT_GE(unknown->confidence, 0.5);
    EXPECT_LT(unknown->confidence, kMitigate);
    ASSERT_EQ(unknown->evidence.size(), 2u);
    EXPECT_EQ(unknown->evidence[0].detector, "forecast");
    EXPECT_EQ(unknown->evidence[0].signal + unknown->evidence[1].signal, 1u);
  });
}

TEST(Predictor, NeverLooksAhead) {
  std::vector<double> alone, before;
  const auto run = [](double until, std::vector<double>& into) {
    auto scenario = DiskRamp(1, 60, 160);
    scenario.Run(until, [&](double now, const Output& output) {
      const Prediction* prediction = Scenario::Find(output, "DiskContention");
      if (now <= 120) into.push_back(prediction == nullptr ? -1 : prediction->confidence);
    });
  };
  run(120, alone);
  run(200, before);
  EXPECT_EQ(alone, before);
}

TEST(Predictor, TakesNewSignaturesAndKeepsItsState) {
  auto predictor = Predictor::Create({});
  ASSERT_TRUE(predictor);
  EXPECT_THAT((*predictor)->Faults(),
              ::testing::ElementsAre("CpuDenied", "CpuSaturation", "DiskContention", "DiskFull", "ErrorBurst",
                                     "MemoryLeak", "NetworkDegradation", "Unknown"));
  Settings settings;
  settings.signature_names = {"Own.yaml"};
  settings.signature_texts = {
      "fault: Own\nhorizon: 1m\nmanifestation: {signal: x, below: 1}\nsymptoms: [{signal: x, is: falling}]\n"};
  settings.thresholds["Own"] = {0.1, 0.2, 0.3};
  ASSERT_TRUE((*predictor)->Reconfigure(settings));
  EXPECT_THAT((*predictor)->Faults(), ::testing::Contains("Own"));
  EXPECT_EQ((*predictor)->ThresholdsOf("Own").mitigate, 0.3);
  EXPECT_EQ((*predictor)->ThresholdsOf("MemoryLeak").mitigate, 0.7);
  settings.signature_texts = {"fault: Own\n"};
  const auto refused = (*predictor)->Reconfigure(settings);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, ::testing::HasSubstr("Own.yaml:1"));
  EXPECT_EQ((*predictor)->ThresholdsOf("Own").mitigate, 0.3);
}

const confidence::FaultRecord& DiskRecord(const Scenario& scenario) {
  const auto& faults = scenario.predictor().scorekeeper().faults();
  const auto found = std::find_if(faults.begin(), faults.end(),
                                  [](const auto& record) { return record.terms.fault == "DiskContention"; });
  if (found == faults.end()) throw std::logic_error("no record of DiskContention");
  return *found;
}

std::uint64_t Episodes(const Scenario& scenario, confidence::Outcome outcome) {
  return DiskRecord(scenario).Episodes(outcome);
}

TEST(Predictor, KeepsTheScore) {
  auto scenario = DiskRamp(1, 60, 160);
  scenario.Run(220);
  using confidence::Outcome;
  EXPECT_EQ(Episodes(scenario, Outcome::kHit), 1u);
  const auto& disk = DiskRecord(scenario);
  EXPECT_GT(disk.leads.sum, 20);
  EXPECT_LT(disk.leads.sum, 94);  // saturated at 154
  for (const auto outcome : {Outcome::kFalseAlarm, Outcome::kMissed, Outcome::kMitigated, Outcome::kDropped}) {
    EXPECT_EQ(Episodes(scenario, outcome), 0u) << Name(outcome);
  }
  EXPECT_EQ(scenario.predictor().scorekeeper().faults().size() + 1, scenario.predictor().Faults().size());  // Unknown
}

TEST(Predictor, WhatIsMitigatedOrMaskedIsCensored) {
  using confidence::Outcome;
  Circumstances mitigated, masked;
  mitigated.mitigated = {true};
  masked.masked = {true};
  for (const auto& [circumstances, outcome] :
       {std::pair(mitigated, Outcome::kMitigated), std::pair(masked, Outcome::kDropped)}) {
    auto scenario = DiskRamp(1, 60, 160);
    scenario.Run(130);
    scenario.Under(circumstances).Run(140);
    scenario.Under({}).Run(230);
    EXPECT_EQ(Episodes(scenario, outcome), 1u) << Name(outcome);
  }
}

TEST(Predictor, LearnsNothingWhereNothingIsKnownOfTheCircumstances) {
  Circumstances unknown;
  unknown.known = false;
  auto scenario = DiskRamp(1, 60, 160);
  scenario.Under(unknown).Run(230, [](double, const Output& output) { EXPECT_TRUE(output.predictions.empty()); });
  for (const auto outcome : confidence::kOutcomes) EXPECT_EQ(Episodes(scenario, outcome), 0u) << Name(outcome);
}

TEST(Thresholds, AreInOrder) {
  const auto decode = [](std::string_view text) -> std::string {
    auto document = config::Document::Parse("exporter.yaml", text);
    (void)DecodeThresholds(document->Root());
    auto finished = document->Finish();
    return finished ? "" : finished.error().message;
  };
  EXPECT_EQ(decode("default: {notify: 0.4, experiment: 0.5, mitigate: 0.9}\nfaults:\n  MemoryLeak: {mitigate: 0.95}\n"),
            "");
  EXPECT_THAT(decode("default: {}\nfaults:\n  MemoryLeak: {notify: 0.8}\n"), ::testing::StartsWith("exporter.yaml:3"));
  EXPECT_THAT(decode("default: {mitigate: 1.5}\n"), ::testing::HasSubstr("between 0 and 1"));
  EXPECT_EQ(decode("default: {knowledge: 0.1}\nfaults:\n  MemoryLeak: {knowledge: 1}\n"), "");  // in no order
  EXPECT_THAT(decode("default: {knowledge: -0.1}\n"), ::testing::HasSubstr("between 0 and 1"));
  EXPECT_THAT(decode("default: {mitigatte: 0.5}\n"), ::testing::HasSubstr("mitigatte"));
}

}  // namespace
}  // namespace forewarn::predictor
