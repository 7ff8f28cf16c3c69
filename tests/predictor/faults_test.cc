// SPDX-License-Identifier: Apache-2.0
// Each fault of the knowledge base on an instance that is otherwise well, beside what is easily taken for it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "tests/predictor/scenario.h"

namespace forewarn::predictor {
namespace {

constexpr double kNotify = 0.5;
constexpr double kBegin = 300;  // s

using Change = std::function<Scenario::Signal(double ordinary)>;

Change StepTo(double to) {
  return [=](double ordinary) { return StepAt(ordinary, to, kBegin); };
}
Change RampTo(double to, double seconds) {
  return [=](double ordinary) { return Ramp(ordinary, to, kBegin, kBegin + seconds); };
}
Change Vanish() {
  return [](double ordinary) { return [=](double t) { return t < kBegin ? ordinary : telemetry::kMissing; }; };
}

// A machine with a bit of everything to do, and what changes at kBegin.
Scenario Machine(const std::map<std::string, Change>& changes, double step = 1) {
  const std::map<std::string, std::pair<double, double>> ordinary = {
      // level, noise
      {"cpu_usage", {0.25, 0.02}},       {"cpu_denied", {0.02, 0.005}},
      {"cpu_iowait", {0.02, 0.005}},     {"cpu_waiting", {0.02, 0.005}},
      {"memory_pressure", {0.4, 0.003}}, {"memory_cached", {0.2, 0.003}},
      {"disk_utilisation", {0.2, 0.02}}, {"disk_iops", {30, 3}},
      {"disk_latency", {0.003, 0.0003}}, {"disk_used", {0.5, 0.0005}},
      {"network_drops", {0.1, 0.05}},    {"network_retransmits", {0.1, 0.05}},
      {"error_log_rate", {0.1, 0.05}},   {"request_latency", {0.02, 0.002}},
      {"request_failures", {0, 0}},      {"network_transmit_bytes", {1e5, 5e3}}};
  Scenario scenario(step);
  std::uint32_t seed = 0;
  for (const auto& [signal, usual] : ordinary) {
    const auto change = changes.find(signal);
    const auto value = change == changes.end() ? Constant(usual.first) : change->second(usual.first);
    scenario.With(signal, Noisy(value, usual.second, ++seed));
  }
  return scenario;
}

struct Seen {
  std::map<std::string, double> highest;        // confidence by fault
  std::string told;                             // what the strongest alarm is said to be
  double strongest = 0;                         // its score
  double first_notified = telemetry::kMissing;  // s after kBegin, of any fault but Unknown
  std::string first_fault;
};

Seen Watch(Scenario scenario, double seconds) {
  Seen seen;
  scenario.Run(kBegin + seconds, [&](double now, const Output& output) {
    if (now < kBegin) return;
    for (const auto& prediction : output.predictions) {
      auto& highest = seen.highest[prediction.fault];
      highest = std::max(highest, prediction.confidence);
      if (prediction.confidence < kNotify || prediction.fault == "Unknown" || !std::isnan(seen.first_notified))
        continue;
      seen.first_notified = now - kBegin;
      seen.first_fault = prediction.fault;
    }
    for (const auto& instance : output.instances) {
      if (instance.score < 1 || instance.score <= seen.strongest) continue;
      seen.strongest = instance.score;
      seen.told = instance.fault;
    }
  });
  return seen;
}

// The fault is the only one that is predicted, and what the strongest alarm is said to be.
void ExpectOnly(const std::string& fault, const Seen& seen) {
  for (const auto& [name, confidence] : seen.highest) {
    if (name == fault) {
      EXPECT_GE(confidence, 0.7) << name;
    } else {
      EXPECT_LT(confidence, kNotify) << name << " beside " << fault;
    }
  }
  EXPECT_EQ(seen.told, fault) << seen.strongest;
}

void ExpectNone(const Seen& seen) {
  for (const auto& [name, confidence] : seen.highest) {
    if (name == "Unknown") continue;
    EXPECT_LT(confidence, kNotify) << name;
  }
}

TEST(Faults, CpuSaturation) {
  ExpectOnly("CpuSaturation", Watch(Machine({{"cpu_usage", StepTo(0.98)}, {"cpu_waiting", StepTo(0.8)}}), 60));
  const Seen ramp = Watch(Machine({{"cpu_usage", RampTo(0.98, 60)}, {"cpu_waiting", RampTo(0.8, 60)}}), 60);
  ExpectOnly("CpuSaturation", ramp);
  EXPECT_LT(ramp.first_notified, 45);  // saturated after 53
}

TEST(Faults, CpuDenied) {
  ExpectOnly("CpuDenied", Watch(Machine({{"cpu_usage", StepTo(0.98)}, {"cpu_denied", StepTo(0.6)}}), 90));
  ExpectOnly("CpuDenied", Watch(Machine({{"cpu_usage", RampTo(0.98, 60)}, {"cpu_denied", RampTo(0.6, 60)}}), 90));
}

TEST(Faults, DiskContention) {
  ExpectOnly("DiskContention", Watch(Machine({{"disk_utilisation", RampTo(1, 60)},
                                              {"disk_latency", RampTo(0.1, 60)},
                                              {"cpu_iowait", RampTo(0.6, 60)},
                                              {"request_latency", RampTo(0.5, 60)}}),
                                     90));
  ExpectOnly("DiskContention", Watch(Machine({{"disk_utilisation", StepTo(0.99)},
                                              {"disk_latency", StepTo(0.1)},
                                              {"cpu_iowait", StepTo(0.6)},
                                              {"request_latency", StepTo(0.5)}}),
                                     60));
}

TEST(Faults, DiskFullThoughItIsBusyToo) {
  const Seen seen = Watch(
      Machine({{"disk_used", RampTo(1, 120)}, {"disk_iops", StepTo(120)}, {"disk_utilisation", StepTo(0.7)}}), 130);
  ExpectOnly("DiskFull", seen);
  EXPECT_LT(seen.first_notified, 60);  // full after 108
}

TEST(Faults, MemoryLeakIsNoCacheThatGrows) {
  ExpectOnly("MemoryLeak", Watch(Machine({{"memory_pressure", RampTo(0.95, 90)}}), 90));
  ExpectNone(Watch(Machine({{"memory_cached", RampTo(0.6, 90)}, {"disk_iops", StepTo(60)}}), 90));
}

TEST(Faults, NetworkDegradationIsNoBackup) {
  ExpectOnly("NetworkDegradation",
             Watch(Machine({{"request_latency", StepTo(0.4)}, {"network_retransmits", StepTo(5)}}), 20));
  ExpectOnly("NetworkDegradation",
             Watch(Machine({{"request_latency", RampTo(0.4, 40)}, {"network_retransmits", RampTo(6, 40)}}), 40));
  ExpectNone(Watch(Machine({{"network_transmit_bytes", StepTo(3e6)},
                            {"disk_iops", StepTo(80)},
                            {"disk_utilisation", StepTo(0.45)},
                            {"network_retransmits", StepTo(3)}}),
                   60));
}

TEST(Faults, AGuestThatCanNoLongerBeAskedIsTheNetworks) {
  std::map<std::string, Change> changes = {{"request_failures", StepTo(1)}, {"request_latency", StepTo(0.9)}};
  for (const char* signal : {"cpu_usage", "cpu_denied", "cpu_iowait", "cpu_waiting", "memory_pressure", "memory_cached",
                             "disk_utilisation", "disk_iops", "disk_latency", "disk_used", "network_retransmits"})
    changes[signal] = Vanish();
  ExpectOnly("NetworkDegradation", Watch(Machine(changes), 20));
}

TEST(Faults, ErrorBurst) {
  ExpectOnly("ErrorBurst", Watch(Machine({{"error_log_rate", StepTo(8)}, {"request_failures", StepTo(0.5)}}), 30));
  ExpectOnly("ErrorBurst", Watch(Machine({{"error_log_rate", RampTo(12, 40)}}), 40));
}

TEST(Faults, WhatIsOddButTinyIsNone) {
  ExpectNone(Watch(Machine({{"error_log_rate", StepTo(0.9)},
                            {"cpu_denied", StepTo(0.08)},
                            {"request_latency", StepTo(0.035)},
                            {"network_drops", StepTo(0.8)}}),
                   60));
}

TEST(Faults, AbruptOnesAreSeenWithinThreeScrapes) {
  const std::map<std::string, std::map<std::string, Change>> abrupt = {
      {"CpuSaturation", {{"cpu_usage", StepTo(0.98)}}},
      {"CpuDenied", {{"cpu_usage", StepTo(0.98)}, {"cpu_denied", StepTo(0.6)}}},
      {"DiskContention", {{"disk_utilisation", StepTo(0.99)}, {"disk_latency", StepTo(0.1)}}},
      {"DiskFull", {{"disk_used", StepTo(0.99)}}},
      {"MemoryLeak", {{"memory_pressure", StepTo(0.95)}}},
      {"NetworkDegradation", {{"request_latency", StepTo(0.4)}, {"network_retransmits", StepTo(5)}}},
      {"ErrorBurst", {{"error_log_rate", StepTo(8)}, {"request_failures", StepTo(0.5)}}}};
  for (const auto& [fault, changes] : abrupt) {
    const Seen seen = Watch(Machine(changes), 10);
    EXPECT_EQ(seen.first_fault, fault);
    EXPECT_LE(seen.first_notified, 2) << fault;  // the third scrape
  }
}

TEST(Faults, WhatHasComeTrueIsSaid) {
  auto scenario = Machine({{"disk_used", StepTo(0.99)}});
  scenario.Run(kBegin + 10, [](double now, const Output& output) {
    const Prediction* full = Scenario::Find(output, "DiskFull");
    if (full == nullptr) return;
    EXPECT_EQ(full->manifested, now >= kBegin + 1) << now;
  });
}

}  // namespace
}  // namespace forewarn::predictor
