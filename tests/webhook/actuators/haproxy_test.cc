// SPDX-License-Identifier: Apache-2.0
#include "webhook/actuators/haproxy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <thread>

#include "tests/webhook/actuators/private_haproxy.h"
#include "webhook/actuators/traffic.h"

namespace forewarn::actuators {
namespace {

using base::ErrorCode;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

base::Deadline Soon() { return base::Deadline::After(seconds(20)); }

constexpr const char* kHeader =
    "1\n# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight "
    "srv_time_since_last_change srv_check_status srv_check_result srv_check_health srv_check_state srv_agent_state\n";

TEST(ServersState, ReadsWeightStateAndHealth) {
  const auto servers = ParseServersState(std::string(kHeader) +
                                         "3 web 1 up 127.0.0.1 2 0 100 1 5 6 3 4 6 0\n"
                                         "3 web 2 down 127.0.0.1 0 0 1 1 5 8 2 0 6 0\n"
                                         "3 web 3 maint 127.0.0.1 0 5 1 1 5 6 3 4 14 0\n"
                                         "3 web 4 drain 127.0.0.1 2 8 7 1 5 1 0 1 1 0\n"
                                         "3 web 5 never_checked 127.0.0.1 2 0 1 1 5 1 0 3 6 0\n\n");
  ASSERT_TRUE(servers.ok()) << servers.error().message;
  EXPECT_EQ(servers->size(), 5u);
  EXPECT_EQ(servers->at("up").weight, 100);
  EXPECT_EQ(servers->at("up").health, Server::Health::kUp);
  EXPECT_EQ(servers->at("down").health, Server::Health::kDown);
  EXPECT_EQ(servers->at("maint").state, ServerState::kMaint);
  EXPECT_EQ(servers->at("maint").health, Server::Health::kDown);
  EXPECT_EQ(servers->at("drain").state, ServerState::kDrain);
  EXPECT_EQ(servers->at("drain").health, Server::Health::kUnchecked);
  EXPECT_EQ(servers->at("never_checked").health, Server::Health::kUnknown);
}

TEST(ServersState, RefusesWhatIsNoAnswer) {
  for (const std::string& text :
       {std::string(), std::string("2\n# a b\n"), std::string("Unknown command.\n"), std::string(kHeader) + "3 web 1\n",
        std::string(kHeader) + "3 web 1 up 127.0.0.1 two 0 100 1 5 6 3 4 6 0\n"}) {
    EXPECT_EQ(ParseServersState(text).error().code, ErrorCode::kInvalid) << text;
  }
}

TEST(Runtime, RefusesNamesThatAreCommands) {
  const auto runtime = HaproxyRuntime::Create("unix:/nonexistent");
  ASSERT_TRUE(runtime.ok());
  for (const char* name : {"", "web;disable server", "a b", "a/b", "x\nset server", "wéb"}) {
    EXPECT_EQ(runtime->Servers(name, Soon()).error().code, ErrorCode::kInvalid) << name;
    EXPECT_EQ(runtime->SetWeight("web", name, 1, Soon()).error().code, ErrorCode::kInvalid) << name;
  }
  EXPECT_EQ(runtime->Servers("web", Soon()).error().code, ErrorCode::kUnavailable);
}

// A real HAProxy before two small servers, primary and standby, that can be well or ill.
class TrafficTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto started = PrivateHaproxy::Start();
    if (!started) GTEST_SKIP() << started.error().message;
    haproxy_ = std::move(*started);
    auto runtime = HaproxyRuntime::Create(haproxy_->address());
    ASSERT_TRUE(runtime.ok());
    runtime_.emplace(*runtime);
    traffic_ = MakeTraffic({{"lb", *runtime}}, [this](const std::string&) { return config_; });
    AwaitHealth("primary", Server::Health::kUp);
  }
  void AwaitHealth(const std::string& server, Server::Health health) {
    const auto deadline = Soon();
    while (!deadline.Passed()) {
      auto servers = runtime_->Servers("web", deadline);
      if (servers && (*servers)[server].health == health) return;
      std::this_thread::sleep_for(milliseconds(20));
    }
    FAIL() << server << " does not become what it should";
  }
  Setting Now() {
    auto now = traffic_->Read(target_, Soon());
    EXPECT_TRUE(now.ok()) << now.error().message;
    return now ? *now : Setting{};
  }
  Setting Relief() {
    auto next = traffic_->Propose(target_, Now(), Direction::kRelieve, 1);
    EXPECT_TRUE(next.ok()) << next.error().message;
    return next ? *next : Setting{};
  }

  const Setting at_first_{{{"web/primary", "weight 100 state ready"}, {"web/standby", "weight 0 state ready"}}};
  const Setting shifted_{{{"web/primary", "weight 0 state ready"}, {"web/standby", "weight 100 state ready"}}};
  const Target target_{"web-1", "uuid", "host1"};
  std::optional<TargetConfig> config_{
      {"web", "web-standby", {}, Backend{"lb", "web", "primary", "standby", milliseconds(100)}, {}}};
  std::unique_ptr<PrivateHaproxy> haproxy_;
  std::optional<HaproxyRuntime> runtime_;
  std::unique_ptr<Actuator> traffic_;
};

TEST_F(TrafficTest, ShiftsToAStandbyThatIsWellAndBack) {
  haproxy_->Heal("standby");
  EXPECT_EQ(Now(), at_first_);
  EXPECT_EQ(Relief(), shifted_);
  EXPECT_EQ(haproxy_->WhoAnswers(), "primary");
  const auto applied = traffic_->Apply(target_, Relief(), Soon());
  ASSERT_TRUE(applied.ok()) << applied.error().message;
  EXPECT_EQ(Now(), shifted_);
  EXPECT_EQ(haproxy_->WhoAnswers(), "standby");
  EXPECT_THAT(traffic_->Propose(target_, Now(), Direction::kRelieve, 1).error().message, StartsWith("at_limit: "));
  EXPECT_TRUE(traffic_->Apply(target_, shifted_, Soon()).ok());
  ASSERT_TRUE(traffic_->Apply(target_, at_first_, Soon()).ok());
  EXPECT_EQ(Now(), at_first_);
  EXPECT_EQ(haproxy_->WhoAnswers(), "primary");
}

TEST_F(TrafficTest, WaitsForAStandbyThatIsStillComingUp) {
  std::thread later([&] { haproxy_->Heal("standby"); });
  EXPECT_TRUE(traffic_->Apply(target_, shifted_, Soon()).ok());
  later.join();
  EXPECT_EQ(haproxy_->WhoAnswers(), "standby");
}

TEST_F(TrafficTest, ShiftsNothingToAStandbyThatIsDown) {
  AwaitHealth("standby", Server::Health::kDown);
  const auto applied = traffic_->Apply(target_, shifted_, base::Deadline::After(milliseconds(500)));
  EXPECT_EQ(applied.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(applied.error().message, HasSubstr("nothing was shifted"));
  EXPECT_EQ(Now(), at_first_);
  EXPECT_EQ(haproxy_->WhoAnswers(), "primary");
}

TEST_F(TrafficTest, AStandbyInMaintenanceMustProveItself) {
  ASSERT_TRUE(runtime_->SetState("web", "standby", ServerState::kMaint, Soon()).ok());
  const Setting before = Now();
  EXPECT_EQ(before.values.at("web/standby"), "weight 0 state maint");
  // HAProxy takes it for well as soon as it leaves maintenance. It is not.
  EXPECT_FALSE(traffic_->Apply(target_, shifted_, base::Deadline::After(milliseconds(500))).ok());
  EXPECT_EQ(Now(), before);
  EXPECT_EQ(haproxy_->WhoAnswers(), "primary");

  haproxy_->Heal("standby");
  EXPECT_TRUE(traffic_->Apply(target_, shifted_, Soon()).ok());
  EXPECT_EQ(haproxy_->WhoAnswers(), "standby");
  EXPECT_TRUE(traffic_->Apply(target_, before, Soon()).ok());
  EXPECT_EQ(Now(), before);
}

TEST_F(TrafficTest, GoesBackOnlyToOneThatIsHealthyAgain) {
  haproxy_->Heal("standby");
  ASSERT_TRUE(traffic_->Apply(target_, shifted_, Soon()).ok());
  haproxy_->Harm("primary");
  AwaitHealth("primary", Server::Health::kDown);
  EXPECT_FALSE(traffic_->Apply(target_, at_first_, base::Deadline::After(milliseconds(500))).ok());
  EXPECT_EQ(Now(), shifted_);
  EXPECT_EQ(haproxy_->WhoAnswers(), "standby");
  haproxy_->Heal("primary");
  EXPECT_TRUE(traffic_->Apply(target_, at_first_, Soon()).ok());
  EXPECT_EQ(haproxy_->WhoAnswers(), "primary");
}

TEST_F(TrafficTest, WhereNobodyLosesThereIsNothingToProve) {
  const Setting both{{{"web/primary", "weight 100 state ready"}, {"web/standby", "weight 50 state ready"}}};
  AwaitHealth("standby", Server::Health::kDown);
  EXPECT_TRUE(traffic_->Apply(target_, both, Soon()).ok());
  EXPECT_EQ(Now(), both);
  EXPECT_EQ(haproxy_->WhoAnswers(), "primary");
}

TEST_F(TrafficTest, ShiftsMoreTheMoreSevereItIs) {
  for (const auto& [severity, share] :
       std::map<double, int>{{0, 50}, {0.2, 50}, {0.5, 75}, {0.7, 75}, {0.8, 100}, {1, 100}}) {
    const auto next = traffic_->Propose(target_, at_first_, Direction::kRelieve, severity);
    ASSERT_TRUE(next.ok());
    EXPECT_EQ(next->values.at("web/standby"), "weight " + std::to_string(share) + " state ready") << severity;
    EXPECT_EQ(next->values.at("web/primary"), "weight " + std::to_string(100 - share) + " state ready") << severity;
  }
  const Setting half{{{"web/primary", "weight 50 state ready"}, {"web/standby", "weight 50 state ready"}}};
  EXPECT_THAT(traffic_->Propose(target_, half, Direction::kRelieve, 0).error().message, StartsWith("at_limit: "));
  EXPECT_EQ(*traffic_->Propose(target_, half, Direction::kRelieve, 1), shifted_);
  const Setting undivided{{{"web/primary", "weight 1 state ready"}, {"web/standby", "weight 0 state maint"}}};
  EXPECT_EQ(traffic_->Propose(target_, undivided, Direction::kRelieve, 0)->values.at("web/standby"),
            "weight 1 state ready");
}

TEST_F(TrafficTest, GoesInSteps) {
  haproxy_->Heal("standby");
  std::set<int> seen;
  std::atomic<bool> done = false;
  std::thread watcher([&] {
    while (!done) {
      auto servers = runtime_->Servers("web", Soon());
      if (servers) seen.insert((*servers)["standby"].weight);
    }
  });
  EXPECT_TRUE(traffic_->Apply(target_, shifted_, Soon()).ok());
  done = true;
  watcher.join();
  EXPECT_THAT(seen, ElementsAre(0, 25, 50, 75, 100));
}

TEST_F(TrafficTest, AllGoesBackWhenTheStandbyGoesDownInTheMiddle) {
  haproxy_->Heal("standby");
  config_->backend->step_pause = std::chrono::seconds(1);
  std::thread fate([&] {
    for (const auto deadline = Soon(); !deadline.Passed();) {
      auto servers = runtime_->Servers("web", deadline);
      if (servers && (*servers)["standby"].weight >= 50) break;
    }
    haproxy_->Harm("standby");
  });
  const auto applied = traffic_->Apply(target_, shifted_, Soon());
  fate.join();
  EXPECT_EQ(applied.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(applied.error().message, HasSubstr("standby went down at step "));
  EXPECT_EQ(Now(), at_first_);
  EXPECT_EQ(haproxy_->WhoAnswers(), "primary");
}

TEST_F(TrafficTest, IsNeverGuessed) {
  EXPECT_THAT(traffic_->Propose(target_, at_first_, Direction::kStress, 1).error().message,
              StartsWith("no_stalled_server: "));
  for (const char* value : {"", "weight", "weight 257 state ready", "weight -1 state ready", "weight 1 state gone",
                            "weight 1 state ready\nset server", "state ready weight 1"}) {
    const Setting bad{{{"web/primary", value}, {"web/standby", "weight 0 state ready"}}};
    EXPECT_EQ(traffic_->Apply(target_, bad, Soon()).error().code, ErrorCode::kInvalid) << value;
  }
  EXPECT_EQ(traffic_->Apply(target_, {}, Soon()).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(Now(), at_first_);
  config_->backend->standby_server = "nobody";
  EXPECT_EQ(traffic_->Read(target_, Soon()).error().code, ErrorCode::kNotFound);
  config_->backend->name = "nothing";
  EXPECT_EQ(traffic_->Read(target_, Soon()).error().code, ErrorCode::kNotFound);
  config_->backend->load_balancer = "elsewhere";
  EXPECT_THAT(traffic_->Read(target_, Soon()).error().message, StartsWith("no_backend: "));
  config_->backend.reset();
  EXPECT_THAT(traffic_->Read(target_, Soon()).error().message, StartsWith("no_backend: "));
}

TEST_F(TrafficTest, RefusesServersThatNobodyChecks) {
  config_->backend->name = "unchecked";
  const Setting shift{{{"unchecked/primary", "weight 0 state ready"}, {"unchecked/standby", "weight 100 state ready"}}};
  EXPECT_THAT(traffic_->Apply(target_, shift, Soon()).error().message, StartsWith("no_health_check: "));
}

TEST_F(TrafficTest, AHangingHaproxyIsATimeout) {
  haproxy_->Stop();
  EXPECT_EQ(traffic_->Read(target_, base::Deadline::After(milliseconds(200))).error().code, ErrorCode::kTimeout);
  haproxy_->Continue();
  EXPECT_EQ(Now(), at_first_);
}

TEST_F(TrafficTest, ADeadHaproxyIsUnavailable) {
  haproxy_->Kill();
  EXPECT_EQ(traffic_->Apply(target_, shifted_, Soon()).error().code, ErrorCode::kUnavailable);
}

TEST_F(TrafficTest, StressGivesAPartToAServerThatStallsAndTakesItBackExactly) {
  config_->backend->stalled_server = "stalled";
  const Setting before = Now();
  EXPECT_EQ(before.values.at("web/stalled"), "weight 0 state maint");
  for (const auto& [severity, part] : {std::pair{0.2, 18}, {0.6, 54}, {1.0, 90}}) {
    const auto next = traffic_->Propose(target_, before, Direction::kStress, severity);
    ASSERT_TRUE(next.ok()) << next.error().message;
    EXPECT_EQ(next->values.at("web/stalled"), "weight " + std::to_string(part) + " state ready");
    EXPECT_EQ(next->values.at("web/primary"), "weight " + std::to_string(100 - part) + " state ready");
    EXPECT_EQ(next->values.at("web/standby"), "weight 0 state ready");
    const auto applied = traffic_->Apply(target_, *next, Soon());
    ASSERT_TRUE(applied.ok()) << applied.error().message;
    EXPECT_EQ(Now(), *next);
    bool stalls = false;
    for (int i = 0; i < 20 && !stalls; ++i) stalls = haproxy_->WhoAnswers() == "stalled";
    EXPECT_TRUE(stalls);
    haproxy_->Harm("primary");  // who is ill gets back what it had, all the same
    ASSERT_TRUE(traffic_->Apply(target_, before, Soon()).ok());
    EXPECT_EQ(Now(), before);
    haproxy_->Heal("primary");
    AwaitHealth("primary", Server::Health::kUp);
  }
  EXPECT_TRUE(traffic_->Apply(target_, at_first_, Soon()).ok());  // recorded before it was configured
  const Setting small{{{"web/primary", "weight 1 state ready"}, {"web/standby", "weight 0 state ready"}}};
  EXPECT_THAT(traffic_->Propose(target_, small, Direction::kStress, 0.2).error().message, StartsWith("at_limit: "));
}

}  // namespace
}  // namespace forewarn::actuators
