// SPDX-License-Identifier: Apache-2.0
#include "exporter/training/training.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace forewarn::training {
namespace {

constexpr double kNow = 1.7e9 + 7;  // no multiple of a step
constexpr base::Duration kTick = std::chrono::seconds(10);

// Two instances, from `since` on; vm2 is under the experiment of that expression, and nobody knows of maintenance.
class FakeSource : public promql::Client {
 public:
  explicit FakeSource(double since) : since_(since) {}
  base::Result<promql::Vector> Query(std::string_view, double) override { return base::Error{}; }
  base::Result<std::vector<promql::Series>> QueryRange(std::string_view expr, double start, double end,
                                                       double step) override {
    if (since_ < 0 || expr == "maintenance") return base::Error{base::ErrorCode::kUnavailable, "down"};
    std::vector<promql::Series> matrix;
    for (const char* name : {"vm1", "vm2"}) {
      if (expr == "experiment" && name == std::string("vm1")) continue;
      promql::Series series{{{"domain", name}}, {}, {}};
      for (double time = start; time <= end; time += step) {
        if (time < since_) continue;
        series.times.push_back(time);
        series.values.push_back(0.4 + 0.01 * std::sin(time));
      }
      matrix.push_back(series);
    }
    return matrix;
  }

 private:
  const double since_;  // s since the epoch; negative: it is down
};

struct Start {
  explicit Start(double since, signals::Circumstances circumstances = {})
      : reader(std::make_unique<FakeSource>(since), Settings(std::move(circumstances))) {}
  static signals::Settings Settings(signals::Circumstances circumstances) {
    signals::Settings settings;
    settings.signals = {{"memory_pressure", "ratio", "x"}};
    settings.circumstances = std::move(circumstances);
    return settings;
  }
  // All pieces, as the daemon does it; how many they were.
  int Run(Training& training) {
    int pieces = 0;
    while (const auto piece = training.Next(kNow)) {
      ++pieces;
      result = training.Learn(*piece, reader, *predictor);
      if (!result) break;
    }
    return pieces;
  }
  predictor::Output Tick() {
    telemetry::Snapshot now{kNow + 3, &reader.instances(), &reader.signals(), {{0.4, 0.4}}};
    return predictor->Tick(now);
  }

  signals::Reader reader;
  std::unique_ptr<predictor::Predictor> predictor = predictor::Predictor::Create({}).value();
  base::Result<void> result;
};

Settings Hours(int hours) { return {.history = std::chrono::hours(hours), .step = {}}; }

TEST(Training, KnowsItsInstancesAtTheFirstTick) {
  Start start(0);
  Training training(Hours(1), kTick, 0);
  EXPECT_EQ(start.Run(training), 2);  // 360 steps
  EXPECT_TRUE(start.result);
  EXPECT_EQ(training.learned().ticks, 360u);
  EXPECT_EQ(training.learned().values, 720u);
  EXPECT_EQ(training.learned().until, 1.7e9);
  EXPECT_EQ(training.learned().from, 1.7e9 - 3590);
  EXPECT_EQ(start.Tick().instances.size(), 2u);
}

TEST(Training, LearnsOnlyWhatAStateDoesNotCover) {
  Start start(0);
  Training training(Hours(1), kTick, 1.7e9 - 50);
  start.Run(training);
  EXPECT_EQ(training.learned().from, 1.7e9 - 40);
  EXPECT_EQ(training.learned().ticks, 5u);
  EXPECT_FALSE(Training(Hours(1), kTick, 1.7e9).Next(kNow));
  EXPECT_FALSE(Training(Hours(1), kTick, kNow + 20).Next(kNow));
  EXPECT_EQ(Training(Hours(1), kTick, 1.6e9).Next(kNow)->start, 1.7e9 - 3590);
}

TEST(Training, ComesAsNearToThePresentAsItTakes) {
  Start start(0);
  Training training(Hours(1), kTick, 0);
  start.Run(training);
  EXPECT_FALSE(training.Next(kNow + 2));
  const auto rest = training.Next(kNow + 25);  // which is how long that has taken
  ASSERT_TRUE(rest);
  EXPECT_EQ(rest->start, 1.7e9 + 10);
  EXPECT_EQ(rest->end, 1.7e9 + 30);
}

TEST(Training, AYoungSourceHasWhatItHas) {
  Start start(1.7e9 - 25), empty(2e9);
  Training training(Hours(1), kTick, 0), nothing(Hours(1), kTick, 0);
  start.Run(training);
  EXPECT_EQ(training.learned().ticks, 3u);
  EXPECT_TRUE(start.Tick().instances.empty());  // too little to judge anything by
  empty.Run(nothing);
  EXPECT_TRUE(empty.result);
  EXPECT_EQ(nothing.learned().ticks, 0u);
}

TEST(Training, ASourceWithoutHistoryIsAnError) {
  Start start(-1);
  Training training(Hours(1), kTick, 0);
  EXPECT_EQ(start.Run(training), 1);
  ASSERT_FALSE(start.result);
  EXPECT_EQ(start.result.error().code, base::ErrorCode::kUnavailable);
  EXPECT_EQ(training.learned().ticks, 0u);
}

TEST(Training, AnExperimentTeachesNothing) {
  Start start(0, {.mitigated = "", .experiments = "experiment", .maintenance = ""});
  Training training(Hours(1), kTick, 0);
  start.Run(training);
  EXPECT_TRUE(training.errors().empty());
  const auto known = start.Tick().instances;
  ASSERT_EQ(known.size(), 1u);
  EXPECT_EQ(start.reader.instances().NameOf(known[0].instance), "vm1");
}

TEST(Training, NothingIsLearnedWhereNobodyKnowsTheCircumstances) {
  Start start(0, {.mitigated = "", .experiments = "", .maintenance = "maintenance"});
  Training training(Hours(1), kTick, 0);
  start.Run(training);
  ASSERT_FALSE(training.errors().empty());
  EXPECT_EQ(training.errors()[0].signal, "maintenance");
  EXPECT_EQ(training.learned().values, 0u);
  EXPECT_TRUE(start.Tick().instances.empty());
}

TEST(Training, CanBeLeftOut) { EXPECT_FALSE(Training(Hours(0), kTick, 0).Next(kNow)); }

TEST(TrainingSettings, AreChecked) {
  const auto decode = [](const std::string& text) -> std::string {
    auto document = config::Document::Parse("x.yaml", text);
    const Settings settings = Decode(document->Root().AsMap());
    auto finished = document->Finish();
    return finished ? config::FormatDuration(settings.history) : finished.error().message;
  };
  EXPECT_EQ(decode("history: 1d\nstep: 1m\n"), "1d");
  EXPECT_EQ(decode("step: 1m\n"), "1h");
  EXPECT_EQ(decode("history: 0s\n"), "0s");
  EXPECT_THAT(decode("history: long\n"), testing::HasSubstr("x.yaml:1: history"));
  EXPECT_THAT(decode("step: 10ms\n"), testing::HasSubstr("x.yaml:1: step: must be at least 1s"));
  EXPECT_THAT(decode("epochs: 3\n"), testing::HasSubstr("x.yaml:1: epochs"));
}

}  // namespace
}  // namespace forewarn::training
