// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <filesystem>

#include "webhook/guard/guard_rails.h"

namespace forewarn::guard {

inline const base::WallTime kNow = base::FromSeconds(1'700'000'000);

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

}  // namespace forewarn::guard
