// SPDX-License-Identifier: Apache-2.0
#include "webhook/engine/engine.h"

#include <gmock/gmock.h>

#include <atomic>
#include <fstream>
#include <thread>

#include "tests/webhook/engine/pipe_fixture.h"

namespace forewarn::engine {
namespace {

using journal::Episode;
using journal::State;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string AlertJson(const std::string& status = "firing", const std::string& starts_at = "2026-11-24T02:10:40Z",
                      const std::string& fingerprint = "32e6a1df50e93ff7") {
  return R"({"status":")" + status +
         R"(","labels":{"domain":"web-1","fault":"DiskContention","purpose":"mitigate"},"startsAt":")" + starts_at +
         R"(","fingerprint":")" + fingerprint + R"("})";
}
std::string Body(const std::string& alerts) {
  return R"({"version":"4","status":"resolved","alerts":[)" + alerts + "]}";
}

class EngineTest : public PipeFixture {
 protected:
  ~EngineTest() override { engine_.reset(); }
  void StartEngine() { engine_ = Engine::Start(*parts_, *rules_).value(); }
  bool Eventually(const std::function<bool()>& condition) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!condition() && std::chrono::steady_clock::now() < end) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return condition();
  }
  bool Reaches(State state) {
    return Eventually([&] {
      auto found = journal_->Find({}).value();
      return !found.empty() && found[0].state == state;
    });
  }
  double Value(const std::string& family, const std::string& label_value = "") {
    for (const auto& metrics : registry_.Collect()) {
      if (metrics.name != family) continue;
      for (const auto& metric : metrics.metric) {
        if (label_value.empty() || metric.label.at(0).value == label_value)
          return metric.counter.value + metric.gauge.value;
      }
    }
    return -1;
  }
  std::unique_ptr<Engine> engine_;
};

TEST_F(EngineTest, OneEffectHoweverOftenAndFromWhereverTheAlertComes) {
  StartEngine();
  std::vector<std::thread> senders;
  std::atomic<int> accepted = 0;
  for (int sender = 0; sender < 4; ++sender) {
    senders.emplace_back([&] {
      for (int i = 0; i < 25; ++i) accepted += engine_->Submit(Body(AlertJson())).ok() ? 1 : 0;
    });
  }
  for (std::thread& sender : senders) sender.join();
  EXPECT_EQ(accepted, 100);
  ASSERT_TRUE(Reaches(State::kApplied));
  // A second replica's start, and another fingerprint.
  ASSERT_TRUE(engine_->Submit(Body(AlertJson("firing", "2026-11-24T02:10:35Z", "0000000000000001"))));
  EXPECT_EQ(journal_->Find({}).value().size(), 1u);
  EXPECT_THAT(disk_io_.applied(), ElementsAre(200));
  EXPECT_EQ(Value("forewarn_notifications_total"), 101);
  EXPECT_EQ(Value("forewarn_deduplicated_total"), 100);
  EXPECT_EQ(Value("forewarn_mitigation_active"), 1);
}

TEST_F(EngineTest, AResolvedAloneUndoesNothing) {
  StartEngine();
  ASSERT_TRUE(engine_->Submit(Body(AlertJson())));
  ASSERT_TRUE(Reaches(State::kApplied));
  ASSERT_TRUE(engine_->Submit(Body(AlertJson("resolved"))));
  engine_->Hurry();
  symptom_ = 0.1;
  ASSERT_TRUE(Reaches(State::kHeld));
  EXPECT_EQ(disk_io_.value(), 200);
}

TEST_F(EngineTest, AFiringThatItsResolvedOvertookDoesNothing) {
  StartEngine();
  ASSERT_TRUE(engine_->Submit(Body(AlertJson("resolved"))));
  ASSERT_TRUE(engine_->Submit(Body(AlertJson("firing"))));
  EXPECT_TRUE(journal_->Find({}).value().empty());
  EXPECT_EQ(Value("forewarn_late_alerts_total"), 1);
  // A flap is a new beginning.
  ASSERT_TRUE(engine_->Submit(Body(AlertJson("firing", "2026-11-24T02:11:40Z"))));
  ASSERT_TRUE(Reaches(State::kApplied));
  EXPECT_THAT(disk_io_.applied(), ElementsAre(200));
}

TEST_F(EngineTest, TakesUpWhatIsOpenWithoutDoingItTwice) {
  StartEngine();
  ASSERT_TRUE(engine_->Submit(Body(AlertJson())));
  ASSERT_TRUE(Reaches(State::kApplied));
  engine_.reset();
  Restart();
  StartEngine();
  ASSERT_TRUE(engine_->Submit(Body(AlertJson())));
  symptom_ = 0.1;
  ASSERT_TRUE(Reaches(State::kHeld));
  EXPECT_THAT(disk_io_.applied(), ElementsAre(200));
}

TEST_F(EngineTest, AnIntentOfAnOldProcessIsActedOn) {
  Open();
  StartEngine();
  ASSERT_TRUE(Reaches(State::kApplied));
}

TEST_F(EngineTest, TheSwitchWorksAtOnceWhenHurried) {
  StartEngine();
  ASSERT_TRUE(engine_->Submit(Body(AlertJson())));
  ASSERT_TRUE(Reaches(State::kApplied));
  ASSERT_TRUE(kill_switch_.Engage());
  engine_->Hurry();
  ASSERT_TRUE(Reaches(State::kClosed));
  EXPECT_EQ(disk_io_.value(), 100);
  EXPECT_EQ(Value("forewarn_mitigation_active"), -1);
}

TEST_F(EngineTest, AReloadedPolicyDecidesWhatBeginsNext) {
  StartEngine();
  Configure("observe", "[disk_io]");
  engine_->Reload(*rules_);
  ASSERT_TRUE(engine_->Submit(Body(AlertJson())));
  ASSERT_TRUE(Reaches(State::kClosed));
  EXPECT_THAT(disk_io_.applied(), IsEmpty());
  EXPECT_EQ(Value("forewarn_guard_refusals_total", "dry_run"), 1);
}

TEST_F(EngineTest, WhatIsNoPayloadIsInvalidAndOpensNothing) {
  StartEngine();
  auto submitted = engine_->Submit("{}");
  ASSERT_FALSE(submitted);
  EXPECT_EQ(submitted.error().code, base::ErrorCode::kInvalid);
  EXPECT_EQ(Value("forewarn_notifications_total"), 0);
}

// A journal that has died.
class DeadJournal : public journal::Journal {
 public:
  base::Result<std::vector<journal::Admission>> Admit(const std::vector<alerts::Alert>&, base::WallTime) override {
    return base::Error{base::ErrorCode::kUnavailable, "disk I/O error"};
  }
  base::Result<void> Save(const Episode&) override { return base::Error{base::ErrorCode::kUnavailable, "dead"}; }
  base::Result<std::vector<Episode>> Find(const journal::Filter&) override { return std::vector<Episode>{}; }
  std::optional<std::string> Dead() const override { return "disk I/O error"; }
};

TEST_F(EngineTest, ADeadJournalAcceptsNothingAndBeginsNothing) {
  Episode episode = Open();
  DeadJournal dead;
  Parts parts{telemetry_, dead, *journal_, domains_, parts_->actuators, kill_switch_, clock_, metrics_, *memory_part_};
  auto engine = Engine::Start(parts, *rules_).value();
  auto submitted = engine->Submit(Body(AlertJson()));
  ASSERT_FALSE(submitted);
  EXPECT_EQ(submitted.error().code, base::ErrorCode::kUnavailable);
  EXPECT_EQ(Value("forewarn_journal_up"), 0);
  for (int i = 0; i < 10; ++i) Pipe(parts, rules_).Advance(episode);
  EXPECT_THAT(disk_io_.applied(), IsEmpty());
}

TEST_F(EngineTest, ADeadJournalDoesNotKeepAChangeInForce) {
  Configure("act", "[disk_io]");
  Episode episode = Open();
  RunTo(episode, State::kApplied);
  DeadJournal dead;
  Parts parts{telemetry_, dead, *journal_, domains_, parts_->actuators, kill_switch_, clock_, metrics_, *memory_part_};
  while (episode.state != State::kClosed) clock_.Advance(Pipe(parts, rules_).Advance(episode).value());
  EXPECT_EQ(disk_io_.value(), 100);
}

TEST_F(EngineTest, EverySeriesExistsFromTheStart) {
  StartEngine();
  for (const char* reason : {"kill_switch", "allow_list", "stale", "cool_down", "dry_run", "no_symptom"}) {
    EXPECT_EQ(Value("forewarn_guard_refusals_total", reason), 0) << reason;
  }
  EXPECT_EQ(Value("forewarn_mitigations_total"), 0);
  EXPECT_EQ(Value("forewarn_alerts_total", "resolved"), 0);
  EXPECT_EQ(Value("forewarn_journal_up"), 1);
}

}  // namespace
}  // namespace forewarn::engine
