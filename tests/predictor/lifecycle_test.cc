// SPDX-License-Identifier: Apache-2.0
// What instances do in their lives, and what the predictor says of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/predictor/fleet.h"

namespace forewarn::predictor {
namespace {

using telemetry::kMissing;
using testing::Contains;
using testing::Key;
using testing::Not;
using testing::StartsWith;

// Memory at 0.4, disks hardly busy, for whoever is there.
Fleet Quiet() {
  Fleet fleet;
  fleet.With("memory_pressure", [](double t, const std::string& of) { return 0.4 + 0.005 * Jitter(t, of); })
      .With("disk_utilisation", [](double t, const std::string& of) { return 0.2 + 0.01 * Jitter(t, of + "d"); })
      .With("cpu_usage", [](double t, const std::string& of) { return 0.3 + 0.02 * Jitter(t, of + "c"); });
  return fleet;
}

double Most(const std::map<std::string, double>& of, const std::string& instance) {
  double most = 0;
  for (const auto& [name, value] : of) {
    if (name.starts_with(instance)) most = std::max(most, value);
  }
  return most;
}

TEST(Lifecycle, ANewInstanceIsSilentUntilItIsKnown) {
  Fleet fleet = Quiet();
  fleet.Add("vm1");
  fleet.Run(300);
  fleet.Add("vm2");
  const Output& first = fleet.Tick();
  EXPECT_THAT(fleet.FaultsOf(first), Not(Contains(Key(StartsWith("vm2/")))));
  EXPECT_THAT(fleet.ScoresOf(first), Not(Contains(Key("vm2"))));
  EXPECT_THAT(fleet.FaultsOf(first), Contains(Key("vm1/MemoryLeak")));
  bool judged = false;
  fleet.Run(420, [&](const Output& output) {
    EXPECT_LT(Most(fleet.FaultsOf(output), "vm2"), 0.5) << fleet.now();
    judged = judged || fleet.FaultsOf(output).contains("vm2/MemoryLeak");
  });
  EXPECT_TRUE(judged);
}

// Other levels altogether, under the old name: with the old slot they would be anomalies.
TEST(Lifecycle, ARedeployedInstanceBeginsAnew) {
  Fleet fleet;
  const auto deployed = [](double t, double before, double after) {
    return t < 300 ? before : t < 1500 ? kMissing : after;
  };
  fleet
      .With("memory_pressure",
            [=](double t, const std::string& of) { return deployed(t, 0.2, 0.7) + 0.005 * Jitter(t, of); })
      .With("memory_available",
            [=](double t, const std::string& of) { return deployed(t, 8e9, 2e9) + 1e7 * Jitter(t, of + "a"); });
  fleet.Add("vm1");
  fleet.Run(1500);
  fleet.BeginAnew("vm1");
  EXPECT_TRUE(fleet.SignalsOf(fleet.Tick()).empty());
  fleet.Run(2000, [&](const Output& output) {
    EXPECT_LT(Most(fleet.ScoresOf(output), "vm1"), 1.5) << fleet.now();
    EXPECT_LT(Most(fleet.FaultsOf(output), "vm1"), 0.5) << fleet.now();
  });
}

// One exporter's signals go, the other's stay: what can't be judged vanishes, and absence is no anomaly.
TEST(Lifecycle, AnExporterThatVanishesTakesItsPredictionsAlong) {
  Fleet fleet;
  fleet
      .With(
          "memory_pressure",
          [](double t, const std::string& of) { return t < 300 || t >= 400 ? 0.4 + 0.005 * Jitter(t, of) : kMissing; })
      .With("disk_utilisation", [](double t, const std::string& of) { return 0.2 + 0.01 * Jitter(t, of + "d"); });
  fleet.Add("vm1");
  fleet.Run(300);
  fleet.Run(400, [&](const Output& output) {
    const auto faults = fleet.FaultsOf(output);
    EXPECT_THAT(faults, Not(Contains(Key("vm1/MemoryLeak")))) << fleet.now();
    EXPECT_THAT(faults, Contains(Key("vm1/DiskContention"))) << fleet.now();
    EXPECT_LT(Most(faults, "vm1"), 0.5) << fleet.now();
    EXPECT_LT(Most(fleet.ScoresOf(output), "vm1"), 1.5) << fleet.now();
  });
  fleet.Run(450, [&](const Output& output) { EXPECT_LT(Most(fleet.FaultsOf(output), "vm1"), 0.5) << fleet.now(); });
}

TEST(Lifecycle, WhenEverythingVanishesNothingIsSaid) {
  Fleet fleet;
  fleet.With("memory_pressure",
             [](double t, const std::string& of) { return t < 300 ? 0.4 + 0.005 * Jitter(t, of) : kMissing; });
  fleet.Add("vm1");
  fleet.Run(300);
  fleet.Run(400, [&](const Output& output) {
    EXPECT_TRUE(output.predictions.empty());
    EXPECT_TRUE(fleet.SignalsOf(output).empty());
    EXPECT_TRUE(output.instances.empty());
  });
}

}  // namespace
}  // namespace forewarn::predictor
