// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "webhook/plan/policy.h"
#include "webhook/plan/targets.h"

namespace forewarn::plan {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct Decoded {
  Policies policies;
  std::string mistakes;
};
Decoded DecodePolicies(const std::string& text) {
  auto document = config::Document::Parse("p.yaml", text);
  EXPECT_TRUE(document) << document.error().message;
  Decoded decoded{Policies::Decode(document->Root()), ""};
  if (auto done = document->Finish(); !done) decoded.mistakes = done.error().message;
  return decoded;
}

const char* const kVerify = "  verify: {expr: 'x{domain=\"$domain\"}'}\n";

TEST(Policies, TheDefaultStandsInForFaultsWithoutOne) {
  auto decoded = DecodePolicies(std::string("default:\n  steps: [cpu_quota, memory]\n") + kVerify +
                                "DiskContention:\n  mode: act\n  steps: [disk_io]\n  expiry: 1m\n" + kVerify);
  ASSERT_EQ(decoded.mistakes, "");
  const Policy& disk = decoded.policies.For("DiskContention");
  EXPECT_EQ(disk.mode, Mode::kAct);
  ASSERT_EQ(disk.steps.size(), 1u);
  EXPECT_EQ(disk.expiry, std::chrono::minutes(1));
  EXPECT_EQ(disk.steps[0].verify.deadline, std::chrono::seconds(15));
  const Policy& other = decoded.policies.For("Unknown");
  EXPECT_EQ(other.mode, Mode::kObserve);
  EXPECT_EQ(other.steps.size(), 2u);
}

TEST(Policies, WithoutAPolicyNothingIsDone) {
  auto decoded = DecodePolicies("{}");
  EXPECT_EQ(decoded.mistakes, "");
  EXPECT_TRUE(decoded.policies.For("DiskContention").steps.empty());
}

TEST(Policies, AStepMayChangeSeveralSettingsAndHaveItsOwnSymptom) {
  auto decoded = DecodePolicies(std::string("MemoryLeak:\n") + kVerify +
                                "  steps:\n  - memory\n  - [standby, traffic]\n"
                                "  - {actuators: cpu_quota, verify: {expr: 'y{d=\"$domain\"}', deadline: 1m}}\n");
  ASSERT_EQ(decoded.mistakes, "");
  const auto& steps = decoded.policies.For("MemoryLeak").steps;
  ASSERT_EQ(steps.size(), 3u);
  EXPECT_THAT(steps[0].actuators, ElementsAre("memory"));
  EXPECT_THAT(steps[1].actuators, ElementsAre("standby", "traffic"));
  EXPECT_EQ(steps[1].verify.expr, "x{domain=\"$domain\"}");
  EXPECT_EQ(steps[2].verify.deadline, std::chrono::minutes(1));
  EXPECT_EQ(steps[2].verify.expr, "y{d=\"$domain\"}");
}

TEST(Policies, MistakesSayWhere) {
  const std::string steps = "\n  steps: [memory]\n";
  for (const auto& [text, mistake] : std::vector<std::pair<std::string, std::string>>{
           {std::string("a:\n  steps: [reboot]\n") + kVerify, "no such actuator: reboot"},
           {std::string("a:\n  steps: [disk_errors]\n") + kVerify, "relieves nothing"},
           {std::string("a:\n  steps: [memory, guest_stress]\n") + kVerify, "relieves nothing"},
           {std::string("a:\n  steps: []\n") + kVerify, "needs a step"},
           {std::string("a:\n  steps: [[]]\n") + kVerify, "a step needs an actuator"},
           {std::string("a:\n  steps: [[memory, memory]]\n") + kVerify, "in this step already"},
           {std::string("a:\n  mode: yes_please") + steps + kVerify, "mode must be observe or act"},
           {std::string("a:\n  expiry: 0s") + steps + kVerify, "expiry must be at least 1s"},
           {std::string("a:\n  surprise: 1") + steps + kVerify, "surprise"},
           {"a:\n  steps: [memory]\n", "verify"},
           {"a:\n  steps: [memory]\n  verify: {expr: up}\n", "$domain"},
           {"a:\n  steps: [memory]\n  verify: {expr: 'x{d=\"$domain\"}', relieved_ratio: 2}\n", "relieved_ratio"},
           {"a:\n  steps: [memory]\n  verify: {expr: 'x{d=\"$domain\"}', harmful_ratio: 1}\n", "harmful_ratio"},
       }) {
    EXPECT_THAT(DecodePolicies(text).mistakes, HasSubstr(mistake)) << text;
    EXPECT_THAT(DecodePolicies(text).mistakes, HasSubstr("p.yaml:")) << text;
  }
}

TEST(ExprFor, EscapesTheName) {
  EXPECT_EQ(ExprFor({R"(a{d="$domain"}/b{d="$domain"})", {}}, "web-1"), R"(a{d="web-1"}/b{d="web-1"})");
  EXPECT_EQ(ExprFor({R"(a{d="$domain"})", {}}, R"(x"} or up{a="\)"), R"(a{d="x\"} or up{a=\"\\"})");
  EXPECT_EQ(ExprFor({R"(a{d="$domain"})", {}}, "$domain"), R"(a{d="$domain"})");
}

Targets DecodeTargets(const std::string& text, std::string& mistakes) {
  auto document = config::Document::Parse("t.yaml", text);
  EXPECT_TRUE(document) << document.error().message;
  Targets targets = Targets::Decode(document->Root(), {{"lb"}, {"h1"}});
  auto done = document->Finish();
  mistakes = done ? "" : done.error().message;
  return targets;
}

TEST(Targets, TheFirstPatternThatMatchesTheWholeNameCounts) {
  std::string mistakes;
  const Targets targets = DecodeTargets(
      "- domain: 'web-[0-9]+'\n  class: web\n  standby: web-standby\n"
      "  backend: {load_balancer: lb, name: web, server: a, standby_server: b, step_pause: 3s, stalled_server: c}\n"
      "  limits: {disk_io: {total_iops_sec: [50, 2000]}, memory: {mib: [128, 4096]}}\n"
      "- domain: '.*'\n  class: other\n",
      mistakes);
  ASSERT_EQ(mistakes, "");
  EXPECT_EQ(targets.Find("web-1")->target_class, "web");
  EXPECT_EQ(targets.Find("web-1")->backend->standby_server, "b");
  EXPECT_EQ(targets.Find("web-1")->backend->stalled_server, "c");
  EXPECT_EQ(targets.Find("web-1")->backend->step_pause, std::chrono::seconds(3));
  EXPECT_EQ(targets.Find("web-1")->limits.at("disk_io").at("total_iops_sec").max, 2000);
  EXPECT_EQ(targets.Find("xweb-1")->target_class, "other");
  EXPECT_EQ(targets.Find("web-1x")->target_class, "other");
}

TEST(Targets, NeighboursAreWholeNames) {
  std::string mistakes;
  const Targets targets = DecodeTargets("- {domain: web, neighbours: ['batch-.*', db]}\n- domain: '.*'\n", mistakes);
  ASSERT_EQ(mistakes, "");
  const auto web = targets.Find("web");
  EXPECT_TRUE(web->is_neighbour("batch-7"));
  EXPECT_TRUE(web->is_neighbour("db"));
  EXPECT_FALSE(web->is_neighbour("db-2"));
  EXPECT_FALSE(targets.Find("other")->is_neighbour);
}

TEST(Targets, AStandbyMayHaveACheckAndAFence) {
  std::string mistakes;
  const Targets targets = DecodeTargets(
      "- domain: plain\n  standby: plain-2\n"
      "- domain: web\n  standby: {domain: web-2, ready: {http: 'http://10.0.0.2:80/ready'}}\n"
      "- domain: db\n  standby: {domain: db-2, ready: {tcp: '10.0.0.2:5432'}, exclusive: true, fence: {hypervisor: "
      "h1}}\n",
      mistakes);
  ASSERT_EQ(mistakes, "");
  EXPECT_EQ(targets.Find("plain")->standby, "plain-2");
  EXPECT_FALSE(targets.Find("plain")->standby_use.exclusive);
  EXPECT_EQ(targets.Find("web")->standby, "web-2");
  EXPECT_EQ(targets.Find("web")->standby_use.ready.path, "/ready");
  EXPECT_EQ(targets.Find("db")->standby_use.ready.address, "tcp:10.0.0.2:5432");
  EXPECT_TRUE(targets.Find("db")->standby_use.exclusive);
  EXPECT_EQ(targets.Find("db")->standby_use.fence.hypervisor, "h1");
}

TEST(Targets, AReplicaHasTwoLoginsAndALimit) {
  std::string mistakes;
  const Targets targets = DecodeTargets(
      "- domain: db\n  replica: {primary: host=10.0.0.1, standby: host=10.0.0.2, max_lag: 16MiB, password_file: /p,"
      " fence: {domain: db-vm, hypervisor: h1}}\n"
      "- domain: db2\n  replica: {primary: host=10.0.0.1, standby: host=10.0.0.2, max_lag: 5s}\n",
      mistakes);
  ASSERT_EQ(mistakes, "");
  const auto replica = targets.Find("db")->replica;
  ASSERT_TRUE(replica);
  EXPECT_EQ(replica->primary.conninfo, "host=10.0.0.1");
  EXPECT_EQ(replica->standby.password_file, "/p");
  EXPECT_EQ(replica->max_lag.bytes, 16u << 20);
  EXPECT_EQ(replica->fence.domain, "db-vm");
  EXPECT_EQ(targets.Find("db2")->replica->max_lag.time, std::chrono::seconds(5));
}

TEST(Targets, WhatIsNotListedIsUnknown) {
  std::string mistakes;
  EXPECT_FALSE(DecodeTargets("- {domain: web}\n", mistakes).Find("db"));
  EXPECT_FALSE(DecodeTargets("[]", mistakes).Find("web"));
}

TEST(Targets, MistakesSayWhere) {
  for (const auto& [text, mistake] : std::vector<std::pair<std::string, std::string>>{
           {"- {class: web}\n", "domain"},
           {"- {domain: '('}\n", "not a regular expression"},
           {"- {domain: a, limits: {reboot: {}}}\n", "no such actuator"},
           {"- {domain: a, limits: {memory: {gib: [1, 2]}}}\n", "no such limit"},
           {"- {domain: a, limits: {memory: {mib: [2, 1]}}}\n", "lowest"},
           {"- {domain: a, limits: {memory: {mib: [2]}}}\n", "lowest"},
           {"- {domain: a, neighbours: ['(']}\n", "not a regular expression"},
           {"- {domain: a, neighbours: b}\n", "t.yaml:1: "},
           {"- {domain: a, backend: {load_balancer: x, name: a, server: b, standby_server: c}}\n",
            "no such load balancer"},
           {"- {domain: a, backend: {load_balancer: x, name: a, server: b, standby_server: c, stalled_server: c}}\n",
            "must be another"},
           {"- {domain: a, standby: {domain: b, fence: {hypervisor: gone}}}\n", "no such hypervisor: gone"},
           {"- {domain: a, replica: {primary: host=10.0.0.2, standby: host=10.0.0.1, max_lag: 1s,"
            " fence: {domain: a, hypervisor: gone}}}\n",
            "no such hypervisor: gone"},
           {"- {domain: a, standby: {ready: {tcp: '10.0.0.1:80'}}}\n", "domain"},
           {"- {domain: a, standby: {domain: b, ready: {}}}\n", "either tcp or http"},
           {"- {domain: a, standby: {domain: b, ready: {tcp: 'web:80'}}}\n", "tcp:ADDRESS:PORT"},
           {"- {domain: a, standby: {domain: b, ready: {http: 'https://10.0.0.1:80/'}}}\n", "http://ADDRESS"},
           {"- {domain: a, replica: {primary: host=10.0.0.1, max_lag: 1s}}\n", "standby"},
           {"- {domain: a, replica: {primary: host=db, standby: host=10.0.0.1, max_lag: 1s}}\n", "numeric address"},
           {"- {domain: a, replica: {primary: host=10.0.0.2, standby: host=10.0.0.1, max_lag: some}}\n", "duration"},
       }) {
    std::string mistakes;
    DecodeTargets(text, mistakes);
    EXPECT_THAT(mistakes, HasSubstr(mistake)) << text;
  }
}

}  // namespace
}  // namespace forewarn::plan
