// SPDX-License-Identifier: Apache-2.0
#include "tests/campaigns/kills/verdict.h"

#include <gmock/gmock.h>

// The judge finds what it is there for: each planted breach, and nothing in what is sound.
namespace forewarn::crash {
namespace {

using actuators::Setting;
using journal::State;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const Setting kBefore{{{"vda.total_iops_sec", "100"}}}, kAfter{{{"vda.total_iops_sec", "200"}}};
const base::WallTime kThen{std::chrono::seconds(1700000000)};

std::map<std::string, Setting> Only(const Setting& setting) { return {{"disk_io", setting}}; }

// One alert whose change is held.
Evidence Sound() {
  journal::Change change;
  change.actuator = "disk_io";
  change.subject = {"web", "u", "host1"};
  change.from = ToText(kBefore);
  change.to = ToText(kAfter);
  change.intended = change.applied = kThen;
  journal::Episode episode;
  episode.domain = "web";
  episode.state = State::kHeld;
  episode.changes = {change};
  Evidence evidence;
  evidence.alerts = {{"web", FindPlan("Relieved"), true}};
  evidence.episodes = {episode};
  evidence.views["web"] = {Only(kAfter), {{"disk_io", {}}}};
  evidence.histories["web"] = {Only(kBefore), Only(kAfter)};
  return evidence;
}

TEST(Verdict, SoundIsSound) { EXPECT_THAT(Judge(Sound()), IsEmpty()); }

TEST(Verdict, ALostIntent) {
  Evidence evidence = Sound();
  evidence.alerts.push_back({"other", FindPlan("Relieved"), true});
  EXPECT_THAT(Judge(evidence), ElementsAre(HasSubstr("other: its alert was answered")));
  evidence.alerts.back().answered = false;
  EXPECT_THAT(Judge(evidence), IsEmpty());
}

TEST(Verdict, WhatIsHalfDone) {
  Evidence evidence = Sound();
  evidence.episodes[0].state = State::kReverting;
  EXPECT_THAT(Judge(evidence), ElementsAre(HasSubstr("half-done: reverting")));
  evidence.episodes[0].state = State::kClosed;
  EXPECT_THAT(Judge(evidence), ElementsAre(HasSubstr("closed with a change in force")));
}

TEST(Verdict, ASettingThatTheJournalDoesNotSay) {
  Evidence evidence = Sound();
  evidence.views["web"].settings = Only(kBefore);
  EXPECT_THAT(Judge(evidence), ElementsAre(HasSubstr("the journal says")));
}

TEST(Verdict, Markers) {
  Evidence evidence = Sound();
  evidence.views["web"].markers.clear();
  EXPECT_THAT(Judge(evidence), ElementsAre(HasSubstr("in force without a marker")));
  evidence = Sound();
  evidence.episodes[0].state = State::kClosed;
  evidence.episodes[0].changes[0].reverted = kThen;
  evidence.views["web"].settings = Only(kBefore);
  EXPECT_THAT(Judge(evidence), ElementsAre(HasSubstr("has left a marker")));
}

TEST(Verdict, TwiceTheEffect) {
  Evidence evidence = Sound();
  evidence.histories["web"].push_back(Only(kBefore));
  evidence.histories["web"].push_back(Only(kAfter));
  EXPECT_THAT(Judge(evidence), ElementsAre(HasSubstr("2 times for 1 records")));
}

TEST(Verdict, AnEffectOnTopOfAnother) {
  Evidence evidence = Sound();
  const Setting doubled{{{"vda.total_iops_sec", "400"}}};
  evidence.histories["web"].push_back(Only(doubled));
  EXPECT_THAT(Judge(evidence), ElementsAre(HasSubstr("no record explains")));
  evidence = Sound();
  evidence.episodes[0].changes[0].from = ToText(kAfter);
  EXPECT_THAT(Judge(evidence), testing::Contains(HasSubstr("a change began from")));
}

TEST(Verdict, AfterACrashWhatIsChangedHasAMarker) {
  View view;
  view.iops = kIops;
  view.memory_kib = kMemoryKib;
  EXPECT_THAT(JudgeCrash("web", view), IsEmpty());
  view.iops = 2 * kIops;
  EXPECT_THAT(JudgeCrash("web", view), ElementsAre(HasSubstr("without a marker")));
  view.markers["disk_io"] = {};
  EXPECT_THAT(JudgeCrash("web", view), IsEmpty());
}

}  // namespace
}  // namespace forewarn::crash
