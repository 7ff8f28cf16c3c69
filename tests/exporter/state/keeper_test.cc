// SPDX-License-Identifier: Apache-2.0
#include "exporter/state/keeper.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "exporter/state/envelope.h"
#include "exporter/state/record.h"
#include "tests/fakes/temp_dir.h"

namespace forewarn::state {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr double kNow = 1.7e9;

// A reader's roster and the predictor that it feeds: two instances with a signal each tick.
class Learner {
 public:
  explicit Learner(const std::string& expr = "x") { roster.Define({{"memory_pressure", "", expr}}); }

  void Learn(double from, double until, const std::vector<std::string>& instances = {"vm1", "vm2"}) {
    for (double time = from; time < until; time += 1) {
      telemetry::Snapshot snapshot{time, &roster.instances(), &roster.signals(), {}};
      snapshot.columns.resize(roster.signals().size());
      auto& column = snapshot.columns[static_cast<std::size_t>(roster.signals().Find("memory_pressure"))];
      for (const auto& name : instances) {
        const auto slot = roster.See(name, time);
        column.resize(std::max<std::size_t>(column.size(), slot + 1), telemetry::kMissing);
        column[slot] = 0.1 * (name.back() - '0') + 0.001 * std::fmod(time, 7);
      }
      roster.Count();
      last = predictor->Tick(snapshot);
    }
  }
  std::vector<std::string> Judged() const {
    std::vector<std::string> names;
    for (const auto& state : last.instances) names.push_back(roster.instances().NameOf(state.instance));
    return names;
  }
  std::string Bytes() const {
    detectors::Archive archive;
    predictor->Save(archive);
    return archive.bytes();
  }

  signals::Roster roster;
  std::unique_ptr<predictor::Predictor> predictor = predictor::Predictor::Create({}).value();
  predictor::Output last;
};

// What a keeper has said.
struct Said {
  std::vector<std::string> save_failed, restore_failed;
  int saved = 0, restored = 0;

  Observer Listen() {
    Observer observer;
    observer.saved = [this](std::size_t) { ++saved; };
    observer.save_failed = [this](const std::string& reason) { save_failed.push_back(reason); };
    observer.restore_failed = [this](const std::string& reason) { restore_failed.push_back(reason); };
    observer.restored = [this](double) { ++restored; };
    return observer;
  }
};

class KeeperTest : public testing::Test {
 protected:
  void Save(const Learner& learner, double time) {
    Keeper(directory_.path(), said_.Listen()).Save(time, *learner.predictor, learner.roster);
  }
  std::optional<double> Restore(Learner& learner, double now) {
    return Keeper(directory_.path(), said_.Listen()).Restore(now, *learner.predictor, learner.roster);
  }
  std::string Contents() const {
    std::ostringstream text;
    text << std::ifstream(directory_.File(Store::kFile)).rdbuf();
    return text.str();
  }

  fakes::TempDir directory_;
  Said said_;
};

TEST_F(KeeperTest, GoesOnWhereItEnded) {
  Learner first, second;
  EXPECT_EQ(Restore(second, kNow), std::nullopt);
  first.Learn(kNow, kNow + 60);
  Save(first, kNow + 59);
  EXPECT_EQ(said_.saved, 1);
  EXPECT_EQ(Restore(second, kNow + 65), kNow + 59);
  EXPECT_EQ(said_.restored, 1);
  EXPECT_EQ(first.Bytes(), second.Bytes());
  second.Learn(kNow + 65, kNow + 66, {"vm2", "vm1"});
  EXPECT_THAT(second.Judged(), ElementsAre("vm1", "vm2"));
  EXPECT_LT(second.last.instances[1].score, 1);
  EXPECT_THAT(said_.restore_failed, IsEmpty());
}

TEST_F(KeeperTest, AnInstanceThatIsLongGoneIsDropped) {
  Learner first, second;
  first.Learn(kNow, kNow + 60);
  first.Learn(kNow + 60, kNow + 90, {"vm2"});
  Save(first, kNow + 89);
  ASSERT_TRUE(Restore(second, kNow + 60 + kForgotten).has_value());
  EXPECT_EQ(second.roster.instances().Find("vm1"), -1);
  EXPECT_EQ(second.roster.instances().Find("vm2"), 0);
  EXPECT_LT(second.Bytes().size(), first.Bytes().size());
  second.Learn(kNow + 60 + kForgotten, kNow + 61 + kForgotten);
  EXPECT_THAT(second.Judged(), ElementsAre("vm2"));
}

TEST_F(KeeperTest, ASignalThatIsDefinedOtherwiseBeginsAnew) {
  Learner first, second("another expression");
  first.Learn(kNow, kNow + 60);
  Save(first, kNow + 59);
  ASSERT_TRUE(Restore(second, kNow + 65).has_value());
  second.Learn(kNow + 65, kNow + 66);
  EXPECT_THAT(second.Judged(), IsEmpty());
  second.Learn(kNow + 66, kNow + 130);
  EXPECT_THAT(second.Judged(), ElementsAre("vm1", "vm2"));
}

TEST_F(KeeperTest, NothingThatIsDamagedIsTrusted) {
  Learner first;
  first.Learn(kNow, kNow + 60);
  Save(first, kNow + 59);
  const std::string good = Contents(), fresh = Learner().Bytes();
  const auto expect = [&](std::string bytes, const std::string& reason) {
    directory_.Write(Store::kFile, bytes);
    Learner learner;
    said_ = {};
    EXPECT_EQ(Restore(learner, kNow + 60), std::nullopt);
    EXPECT_THAT(said_.restore_failed, ElementsAre(reason));
    EXPECT_EQ(learner.Bytes(), fresh);
    EXPECT_EQ(learner.roster.instances().size(), 0u);
    EXPECT_FALSE(std::filesystem::exists(directory_.File(Store::kFile)));
    EXPECT_TRUE(std::filesystem::exists(directory_.File(Store::kRejected)));
  };
  std::string flipped = good;
  flipped[flipped.size() / 2] = static_cast<char>(flipped[flipped.size() / 2] ^ 4);
  expect(flipped, "damaged");
  expect(good.substr(0, good.size() / 2), "damaged");
  expect("", "damaged");
  expect("something else", "foreign");
  const std::string other = "a content that is sealed well, and none";
  expect(Seal(other) + other, "damaged");
  std::string older = good;
  older[8] = static_cast<char>(kVersion + 1);
  expect(older, "version");
}

TEST_F(KeeperTest, WhatAnotherReleaseWroteIsNotTrusted) {
  Learner first, second;
  first.Learn(kNow, kNow + 60);
  std::string content = Encode({kNow + 59, first.roster.Current()}, *first.predictor);
  content.push_back('x');
  directory_.Write(Store::kFile, Seal(content) + content);
  EXPECT_EQ(Restore(second, kNow + 60), std::nullopt);
  EXPECT_THAT(said_.restore_failed, ElementsAre("version"));
  EXPECT_EQ(second.Bytes(), Learner().Bytes());
}

TEST_F(KeeperTest, AStateOfTheFutureIsNotTrusted) {
  Learner first, second;
  first.Learn(kNow, kNow + 60);
  Save(first, kNow + 59);
  EXPECT_EQ(Restore(second, kNow - 3600), std::nullopt);
  EXPECT_THAT(said_.restore_failed, ElementsAre("future"));
}

TEST_F(KeeperTest, SaysThatItCannotSave) {
  Learner learner;
  learner.Learn(kNow, kNow + 30);
  Keeper(directory_.File("no/such/parent"), said_.Listen()).Save(kNow, *learner.predictor, learner.roster);
  EXPECT_THAT(said_.save_failed, ElementsAre("io"));
  EXPECT_EQ(said_.saved, 0);
}

TEST_F(KeeperTest, IsDueOncePerInterval) {
  const Learner learner;
  Keeper keeper(directory_.path(), said_.Listen());
  EXPECT_FALSE(keeper.Due(std::chrono::hours(1)));
  EXPECT_TRUE(keeper.Due(base::Duration(0)));
  keeper.Save(kNow, *learner.predictor, learner.roster);
  EXPECT_FALSE(keeper.Due(std::chrono::hours(1)));
}

TEST(StateSettings, AreChecked) {
  const auto decode = [](const std::string& text) -> std::string {
    auto document = config::Document::Parse("x.yaml", text);
    const Settings settings = Decode(document->Root().AsMap());
    auto finished = document->Finish();
    return finished ? settings.directory + " " + config::FormatDuration(settings.every) : finished.error().message;
  };
  EXPECT_EQ(decode("directory: /var/lib/x\n"), "/var/lib/x 5m");
  EXPECT_EQ(decode("directory: /var/lib/x\nevery: 1h\n"), "/var/lib/x 1h");
  EXPECT_THAT(decode("every: 1m\n"), testing::HasSubstr("directory"));
  EXPECT_THAT(decode("directory: ''\n"), testing::HasSubstr("x.yaml:1: directory: empty"));
  EXPECT_THAT(decode("directory: x\nevery: 10ms\n"), testing::HasSubstr("x.yaml:2: every: must be at least 1s"));
  EXPECT_THAT(decode("directory: x\nkeep: 3\n"), testing::HasSubstr("x.yaml:2: keep"));
}

}  // namespace
}  // namespace forewarn::state
