// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <functional>
#include <thread>

#include "tests/webhook/engine/pipe_fixture.h"
#include "webhook/engine/engine.h"

// What the API asks of the engine.
namespace forewarn::engine {
namespace {

using journal::Episode;
using journal::State;
using journal::Wish;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class WishesTest : public PipeFixture {
 protected:
  WishesTest() { Start("act\n    approval: required"); }
  ~WishesTest() override { engine_.reset(); }
  void Start(const std::string& mode) {
    engine_.reset();
    Configure(mode, "[disk_io]");
    engine_ = Engine::Start(*parts_, *rules_).value();
  }
  bool Reaches(State state) {
    return Comes([&] {
      auto found = journal_->Find({}).value();
      return !found.empty() && found[0].state == state;
    });
  }
  bool CountsWaiting(double count) {
    return Comes([&] {
      for (const auto& family : registry_.Collect()) {
        if (family.name == "forewarn_approvals_waiting") return family.metric[0].gauge.value == count;
      }
      return false;
    });
  }
  static bool Comes(const std::function<bool()>& what) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (std::chrono::steady_clock::now() < end) {
      if (what()) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return false;
  }
  std::unique_ptr<Engine> engine_;
};

const Engine::Asked kAsked{"web-1", "DiskContention", "ann", "r1"};

TEST_F(WishesTest, ARequestTakesTheSameWay) {
  const Episode episode = engine_->Request(kAsked).value();
  ASSERT_TRUE(Reaches(State::kWaiting));
  EXPECT_TRUE(CountsWaiting(1));
  ASSERT_TRUE(engine_->Ask(episode.id, Wish::kApprove, "bob"));
  ASSERT_TRUE(Reaches(State::kApplied));
  EXPECT_EQ(Reload().decided_by, "bob");
  EXPECT_TRUE(CountsWaiting(0));
  EXPECT_EQ(Reload().wish, Wish::kNone);
  ASSERT_TRUE(engine_->Ask(episode.id, Wish::kRevert, "bob"));
  ASSERT_TRUE(Reaches(State::kClosed));
  EXPECT_THAT(disk_io_.applied(), ElementsAre(200, 100));
}

TEST_F(WishesTest, TheSameRequestIsTheSameEpisode) {
  const Episode episode = engine_->Request(kAsked).value();
  EXPECT_EQ(engine_->Request(kAsked).value().id, episode.id);
  ASSERT_TRUE(Reaches(State::kWaiting));
  EXPECT_EQ(engine_->Request({"web-1", "DiskContention", "ann", "r2"}).error().code, base::ErrorCode::kConflict);
  ASSERT_TRUE(engine_->Ask(episode.id, Wish::kRefuse, "ann"));
  ASSERT_TRUE(Reaches(State::kClosed));
  EXPECT_EQ(engine_->Request(kAsked).value().id, episode.id);
  EXPECT_THAT(disk_io_.applied(), IsEmpty());
}

TEST_F(WishesTest, WhatIsNotOpenCannotBeAskedFor) {
  EXPECT_EQ(engine_->Ask(4711, Wish::kApprove, "ann").error().code, base::ErrorCode::kNotFound);
}

TEST_F(WishesTest, TheSwitchIsHeardWhoeverThrowsIt) {
  Start("act");
  ASSERT_TRUE(engine_->Request(kAsked));
  ASSERT_TRUE(Reaches(State::kApplied));
  symptom_ = 0.1;
  ASSERT_TRUE(Reaches(State::kHeld));
  ASSERT_TRUE(kill_switch_.Engage());  // by another process: nobody hurries the engine
  const auto thrown = std::chrono::steady_clock::now();
  ASSERT_TRUE(Reaches(State::kClosed));
  EXPECT_LT(std::chrono::steady_clock::now() - thrown, std::chrono::seconds(3));
  EXPECT_EQ(disk_io_.value(), 100);
}

}  // namespace
}  // namespace forewarn::engine
