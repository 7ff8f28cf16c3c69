// SPDX-License-Identifier: Apache-2.0
#include "webhook/guard/guard_rails.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>

namespace forewarn::guard {
namespace {

const base::WallTime kNow = base::FromSeconds(1'700'000'000);

// A question that no rail refuses, to be spoiled in one way by each test.
class GuardTest : public ::testing::Test {
 protected:
  GuardTest() {
    std::string pattern = std::filesystem::temp_directory_path() / "guardXXXXXX";
    directory_ = mkdtemp(pattern.data());
    kill_switch_ = KillSwitch(directory_ / "kill-switch");
    journal_ = journal::OpenSqlite(directory_ / "journal.db").value();
    auto document = config::Document::Parse("g", "allow: ['web-.*']\ncooldown: 5m\nmax_prediction_age: 30s\n");
    settings_ = DecodeSettings(document->Root().AsMap());
    EXPECT_TRUE(document->Finish());
    auto targets = config::Document::Parse("t", "- {domain: 'web-.*'}\n- {domain: 'db'}\n");
    targets_ = plan::Targets::Decode(targets->Root(), {});
    policy_.mode = plan::Mode::kAct;
    episode_ = Open("web-1");
    episode_.prediction = journal::Prediction{0.8, 0.5, 0.7, {}, kNow, {}};
  }
  ~GuardTest() override {
    journal_.reset();
    std::filesystem::remove_all(directory_);
  }
  journal::Episode Open(const std::string& domain) {
    alerts::Alert alert;
    alert.domain = domain;
    alert.fault = "DiskContention";
    alert.purpose = alerts::kMitigate;
    auto admitted = journal_->Admit({alert}, kNow);
    EXPECT_TRUE(admitted);
    journal::Episode episode = admitted->at(0).episode;
    episode.uuid = "u-" + domain;
    return episode;
  }
  // An episode of the same domain that ended `ago`, with or without an effect.
  void CloseOne(base::Duration ago, journal::OptionalTime applied) {
    episode_.state = journal::State::kClosed;
    episode_.closed = kNow - std::chrono::duration_cast<base::WallTime::duration>(ago);
    episode_.changes = {{0, "disk_io", {}, "{}", "{}", journal::Outcome::kRelieved, "", kNow, applied, {}, kNow}};
    ASSERT_TRUE(journal_->Save(episode_));
    const auto prediction = episode_.prediction;
    episode_ = Open("web-1");
    episode_.prediction = prediction;
  }
  Question Ask() {
    journal::Filter in_force;
    in_force.in_force = true;
    return {episode_, policy_, targets_, settings_, kill_switch_, *journal_, kNow, fleet_, journal_->Find(in_force)};
  }
  std::string Reason() {
    auto refusal = Judge(Ask());
    return refusal ? refusal->reason : "";
  }

  std::filesystem::path directory_;
  KillSwitch kill_switch_{""};
  std::unique_ptr<journal::Journal> journal_;
  base::Result<std::shared_ptr<const Fleet>> fleet_ =
      std::shared_ptr<const Fleet>(std::make_shared<Fleet>(Fleet{10, {}, {}}));
  Settings settings_;
  plan::Targets targets_;
  plan::Policy policy_;
  journal::Episode episode_;
};

TEST_F(GuardTest, NothingRefusesAGoodQuestion) { EXPECT_EQ(Reason(), ""); }

TEST_F(GuardTest, KillSwitchWhileItsFileExists) {
  ASSERT_TRUE(kill_switch_.Engage());
  EXPECT_EQ(Reason(), "kill_switch");
  EXPECT_TRUE(KillSwitch(directory_ / "kill-switch").Read().engaged);
  ASSERT_TRUE(kill_switch_.Disengage());
  EXPECT_EQ(Reason(), "");
  EXPECT_TRUE(kill_switch_.Disengage());
}

TEST_F(GuardTest, KillSwitchWhereItCannotBeRead) {
  kill_switch_ = KillSwitch(directory_ / "missing" / "kill-switch");
  EXPECT_EQ(Reason(), "kill_switch");
  EXPECT_FALSE(kill_switch_.Engage());
  std::ofstream(directory_ / "file") << "";
  EXPECT_TRUE(KillSwitch(directory_ / "file" / "kill-switch").Read().engaged);
  std::filesystem::create_symlink("nowhere", directory_ / "dangling");
  EXPECT_TRUE(KillSwitch(directory_ / "dangling").Read().engaged);
}

TEST_F(GuardTest, AllowListMatchesWholeNames) {
  episode_.domain = "db";
  EXPECT_EQ(Reason(), "allow_list");
  episode_.domain = "my-web-1";
  EXPECT_EQ(Reason(), "allow_list");
  episode_.domain = "web-1";
  settings_.allow = {};
  EXPECT_EQ(Reason(), "allow_list");
}

TEST_F(GuardTest, UnknownTarget) {
  targets_ = {};
  EXPECT_EQ(Reason(), "unknown_target");
}

TEST_F(GuardTest, StaleWithoutAnAnswerBelowTheThresholdOrTooOld) {
  episode_.prediction->sampled = kNow - std::chrono::seconds(30);
  EXPECT_EQ(Reason(), "");
  episode_.prediction->sampled = kNow - std::chrono::seconds(31);
  EXPECT_EQ(Reason(), "stale");
  episode_.prediction->sampled = kNow + std::chrono::seconds(31);
  EXPECT_EQ(Reason(), "stale");
  episode_.prediction->sampled = kNow;
  episode_.prediction->confidence = 0.69;
  EXPECT_EQ(Reason(), "stale");
  episode_.prediction->confidence = std::nan("");
  EXPECT_EQ(Reason(), "stale");
  episode_.prediction.reset();
  EXPECT_EQ(Reason(), "stale");
}

TEST_F(GuardTest, CoolDownAfterAnEffect) {
  CloseOne(std::chrono::minutes(4), kNow);
  EXPECT_EQ(Reason(), "cool_down");
  episode_.fault = "MemoryLeak";
  EXPECT_EQ(Reason(), "");
}

TEST_F(GuardTest, NoCoolDownAfterwardsOrWithoutAnEffect) {
  CloseOne(std::chrono::minutes(6), kNow);
  EXPECT_EQ(Reason(), "");
  CloseOne(std::chrono::minutes(1), std::nullopt);
  EXPECT_EQ(Reason(), "");
}

TEST_F(GuardTest, DryRunIsTheLastToRefuse) {
  policy_.mode = plan::Mode::kObserve;
  EXPECT_EQ(Reason(), "dry_run");
  episode_.prediction.reset();
  EXPECT_EQ(Reason(), "stale");
}

TEST(Reasons, AreDistinct) {
  auto reasons = Reasons();
  std::sort(reasons.begin(), reasons.end());
  EXPECT_EQ(std::unique(reasons.begin(), reasons.end()), reasons.end());
}

}  // namespace
}  // namespace forewarn::guard
