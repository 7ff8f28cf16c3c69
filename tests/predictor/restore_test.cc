// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/predictor/fleet.h"

namespace forewarn::predictor {
namespace {

using detectors::Archive;

// Each instance has its own level, so that a slot that is mixed up is seen.
Fleet Ordinary() {
  Fleet fleet;
  const auto level = [](const std::string& name) { return 0.1 * (name.back() - '0'); };
  fleet.With("memory_pressure", [=](double t, const std::string& of) { return level(of) + 0.005 * Jitter(t, of); })
      .With("memory_available",
            [=](double t, const std::string& of) { return 1e9 * (1 - level(of)) + 1e6 * Jitter(t, of + "a"); })
      .With("disk_utilisation", [=](double t, const std::string& of) {
        return t < 400 ? 0.2 + 0.01 * Jitter(t, of + "d") : std::min(0.2 + (t - 400) / 100, 1.0);
      });
  return fleet;
}

std::string StateOf(Fleet& fleet) {
  Archive archive;
  fleet.predictor().Save(archive);
  return archive.bytes();
}

TEST(Restore, GoesOnAsIfNothingHadHappened) {
  Fleet first = Ordinary(), second = Ordinary();
  for (const char* name : {"vm1", "vm2", "vm3", "vm4"}) first.Add(name);
  first.Run(430);
  ASSERT_TRUE(second.Continue(first, {0, 1, 2, 3}));
  EXPECT_EQ(StateOf(first), StateOf(second));
  for (int tick = 0; tick < 60; ++tick) {
    const Output& here = first.Tick();
    const Output& there = second.Tick();
    ASSERT_EQ(first.ScoresOf(here), second.ScoresOf(there)) << tick;
    ASSERT_EQ(first.SignalsOf(here), second.SignalsOf(there)) << tick;
    ASSERT_EQ(first.FaultsOf(here), second.FaultsOf(there)) << tick;
    ASSERT_FALSE(there.predictions.empty());
  }
}

// The instances that stay have what they had; the dropped one is new when it comes back.
TEST(Restore, DropsInstancesAndKeepsTheOthers) {
  Fleet first = Ordinary(), second = Ordinary();
  for (const char* name : {"vm1", "vm2", "vm3", "vm4"}) first.Add(name);
  first.Run(430);
  ASSERT_TRUE(second.Continue(first, {1, 3}));
  second.Add("vm1");
  const auto here = first.SignalsOf(first.Tick()), there = second.SignalsOf(second.Tick());
  for (const char* name : {"vm2", "vm4"}) {
    for (const char* signal : {"memory_pressure", "memory_available", "disk_utilisation"}) {
      const std::string key = std::string(name) + "/" + signal;
      ASSERT_TRUE(there.contains(key)) << key;
      EXPECT_NEAR(there.at(key), here.at(key), 0.3 * here.at(key)) << key;
    }
  }
  EXPECT_FALSE(there.contains("vm1/memory_pressure"));
}

TEST(Restore, OfWhatIsCutOffAnywhereLeavesItAsNew) {
  Fleet fleet = Ordinary();
  fleet.Add("vm1");
  fleet.Run(60);
  const std::string whole = StateOf(fleet);
  const auto fresh = Predictor::Create({}).value();
  Archive empty;
  fresh->Save(empty);
  for (std::size_t size = 0; size < whole.size(); size += 1 + whole.size() / 500) {
    const auto predictor = Predictor::Create({}).value();
    Archive cut(whole.substr(0, size));
    EXPECT_FALSE(predictor->Restore(cut)) << size;
    Archive after;
    predictor->Save(after);
    ASSERT_EQ(after.bytes(), empty.bytes()) << size;
  }
}

TEST(Restore, OfAnotherVersionIsRefused) {
  Fleet fleet = Ordinary();
  std::string bytes = StateOf(fleet);
  bytes[0] = static_cast<char>(bytes[0] + 1);
  Archive other(bytes);
  const auto refused = fleet.predictor().Restore(other);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, testing::HasSubstr("version"));
}

TEST(Restore, OfAFaultThatIsGoneLeavesTheOthers) {
  Settings settings;
  settings.signature_names = {"Own.yaml"};
  settings.signature_texts = {
      "fault: Own\nhorizon: 1m\nmanifestation: {signal: x, below: 1}\nsymptoms: [{signal: x, is: falling}]\n"};
  const auto with = Predictor::Create(settings).value(), without = Predictor::Create({}).value();
  Archive saved;
  with->Save(saved);
  Archive taken(saved.bytes());
  EXPECT_TRUE(without->Restore(taken));
  EXPECT_TRUE(taken.AtEnd());
}

}  // namespace
}  // namespace forewarn::predictor
