// SPDX-License-Identifier: Apache-2.0
#include "webhook/actuators/standby.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "tests/fakes/fake_hypervisor.h"
#include "tests/fakes/private_libvirtd.h"
#include "tests/webhook/actuators/private_haproxy.h"
#include "webhook/actuators/failover.h"
#include "webhook/actuators/marker.h"
#include "webhook/actuators/ready.h"

namespace forewarn::actuators {
namespace {

using base::ErrorCode;
using hypervisor::DomainState;
using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

using Driver = fakes::PrivateLibvirtd::Driver;

base::Deadline Soon() { return base::Deadline::After(std::chrono::seconds(10)); }
base::Deadline Shortly() { return base::Deadline::After(milliseconds(300)); }

Setting State(const std::string& state) { return {{{"state", state}}}; }

// web-1 on one hypervisor in memory, its standby on another.
class StandbyTest : public ::testing::Test {
 protected:
  void AddStandby(DomainState state) {
    config_.standby = "web-standby";
    uuid_ = host2_.Add("web-standby", state);
  }
  TargetLookup Lookup() {
    return [this](const std::string& domain) { return domain == "web-1" ? std::optional(config_) : std::nullopt; };
  }
  Target Subject() {
    auto subject = standby_->Subject(target_, Soon());
    EXPECT_TRUE(subject.ok()) << subject.error().message;
    return subject ? *subject : Target{};
  }
  std::string WhyNot() { return standby_->Subject(target_, Soon()).error().message; }

  fakes::FakeHypervisor host1_{"host1"}, host2_{"host2"};
  fakes::FakeInventory inventory_{{{"host1", &host1_}, {"host2", &host2_}}};
  Target target_{"web-1", host1_.Add("web-1"), "host1"};
  std::string uuid_;
  TargetConfig config_;
  std::unique_ptr<Actuator> standby_ = MakeStandby(&inventory_, Lookup());
  std::unique_ptr<Actuator> failover_ = MakeFailover(&inventory_, Lookup());
};

TEST_F(StandbyTest, IsTheSubjectForTheTargetsSake) {
  AddStandby(DomainState::kPaused);
  const Target subject = Subject();
  EXPECT_EQ(subject.domain, "web-standby");
  EXPECT_EQ(subject.uuid, uuid_);
  EXPECT_EQ(subject.hypervisor, "host2");
  EXPECT_EQ(subject.beneficiary, "web-1");
}

TEST_F(StandbyTest, RunsAndGoesBackToWhatItWas) {
  AddStandby(DomainState::kShutOff);
  const Target subject = Subject();
  for (const char* first : {"shutoff", "paused"}) {
    ASSERT_TRUE(standby_->Apply(subject, State(first), Soon()).ok());
    EXPECT_EQ(*standby_->Read(subject, Soon()), State(first));
    EXPECT_EQ(*standby_->Propose(subject, State(first), Direction::kRelieve, 0.1), State("running"));
    ASSERT_TRUE(standby_->Apply(subject, State("running"), Soon()).ok());
    ASSERT_TRUE(standby_->Apply(subject, State("running"), Soon()).ok());
    EXPECT_EQ(*host2_.State(uuid_, Soon()), DomainState::kRunning);
  }
  EXPECT_THAT(standby_->Propose(subject, State("running"), Direction::kRelieve, 1).error().message,
              StartsWith("at_limit: "));
  EXPECT_THAT(standby_->Propose(subject, State("paused"), Direction::kStress, 1).error().message,
              StartsWith("no_stress: "));
  EXPECT_EQ(standby_->Apply(subject, State("melted"), Soon()).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(standby_->Apply(subject, {}, Soon()).error().code, ErrorCode::kInvalid);
}

// As the one who undoes by the marker alone does it.
TEST_F(StandbyTest, GoesBackWithoutAnyConfiguration) {
  AddStandby(DomainState::kPaused);
  const Setting before = *standby_->Read(Subject(), Soon());
  ASSERT_TRUE(standby_->Apply(Subject(), State("running"), Soon()).ok());
  const auto blind = MakeStandby(&inventory_, {});
  ASSERT_TRUE(blind->Apply({"web-standby", uuid_, "host2"}, before, Soon()).ok());
  EXPECT_EQ(*host2_.State(uuid_, Soon()), DomainState::kPaused);
}

TEST_F(StandbyTest, IsNeverGuessed) {
  EXPECT_THAT(WhyNot(), StartsWith("no_standby: "));
  config_.standby = "web-1";
  EXPECT_THAT(WhyNot(), StartsWith("no_standby: "));
  config_.standby = "gone";
  EXPECT_EQ(standby_->Subject(target_, Soon()).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(standby_->Apply({"gone", "no-such", "host2", "web-1"}, State("running"), Soon()).error().code,
            ErrorCode::kNotFound);
  EXPECT_THAT(host2_.Changes(), IsEmpty());
}

TEST_F(StandbyTest, ThatWouldWriteTheSameDataIsNotStarted) {
  AddStandby(DomainState::kPaused);
  const Target subject = Subject();
  config_.standby_use.exclusive = true;
  EXPECT_THAT(WhyNot(), StartsWith("exclusive: "));
  EXPECT_THAT(standby_->Apply(subject, State("running"), Soon()).error().message, StartsWith("exclusive: "));
  EXPECT_THAT(host2_.Changes(), IsEmpty());
}

TEST_F(StandbyTest, CountsOnlyOnceItServes) {
  AddStandby(DomainState::kPaused);
  TinyServer service("standby", 503);
  const std::string address = "127.0.0.1:" + std::to_string(service.port());
  config_.standby_use.ready = *HttpCheck("http://" + address + "/ready");
  const auto not_yet = standby_->Apply(Subject(), State("running"), Shortly());
  EXPECT_EQ(not_yet.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(not_yet.error().message, HasSubstr("HTTP/1.0 503"));
  std::thread later([&] { service.SetStatus(200); });
  EXPECT_TRUE(standby_->Apply(Subject(), State("running"), Soon()).ok());
  later.join();
  config_.standby_use.ready = *TcpCheck(address);
  EXPECT_TRUE(standby_->Apply(Subject(), State("running"), Soon()).ok());
  config_.standby_use.ready = *TcpCheck("127.0.0.1:1");
  EXPECT_EQ(standby_->Apply(Subject(), State("running"), Shortly()).error().code, ErrorCode::kUnavailable);
  EXPECT_TRUE(standby_->Apply(Subject(), State("paused"), Shortly()).ok());  // to go back needs no proof
}

TEST(Ready, TakesNumericAddressesOnly) {
  EXPECT_EQ(HttpCheck("http://127.0.0.1:80/a?b=c")->path, "/a?b=c");
  EXPECT_EQ(HttpCheck("http://[::1]:80")->path, "/");
  for (const char* bad : {"", "http://", "https://127.0.0.1:80/", "http://web:80/", "http://127.0.0.1/",
                          "http://127.0.0.1:80/ HTTP/1.0\r\nX: y"}) {
    EXPECT_EQ(HttpCheck(bad).error().code, ErrorCode::kInvalid) << bad;
  }
  for (const char* bad : {"", "web:80", "127.0.0.1", "unix:/tmp/x"}) {
    EXPECT_EQ(TcpCheck(bad).error().code, ErrorCode::kInvalid) << bad;
  }
}

class FailoverTest : public StandbyTest {
 protected:
  FailoverTest() {
    AddStandby(DomainState::kPaused);
    config_.standby_use.exclusive = true;
  }
  std::string Refused(base::Deadline deadline = Soon()) {
    const auto applied = failover_->Apply(target_, taken_over_, deadline);
    EXPECT_EQ(applied.error().code, ErrorCode::kUnsupported);
    return applied.error().message;
  }
  const Setting before_{{{"standby", "paused"}, {"target", "running"}}};
  const Setting taken_over_{{{"standby", "running"}, {"target", "shutoff"}}};
};

TEST_F(FailoverTest, FencesFirstAndIsFinal) {
  EXPECT_EQ(*failover_->Read(target_, Soon()), before_);
  EXPECT_EQ(*failover_->Propose(target_, before_, Direction::kRelieve, 0.1), taken_over_);
  ASSERT_TRUE(failover_->Apply(target_, before_, Soon()).ok());  // nothing to go back from
  ASSERT_TRUE(failover_->Apply(target_, taken_over_, Soon()).ok());
  EXPECT_THAT(host1_.Changes(), ElementsAre("web-1 Shutdown"));
  EXPECT_THAT(host2_.Changes(), ElementsAre("web-standby Resume"));
  ASSERT_TRUE(failover_->Apply(target_, taken_over_, Soon()).ok());
  EXPECT_EQ(*failover_->Read(target_, Soon()), taken_over_);
  EXPECT_THAT(failover_->Apply(target_, before_, Soon()).error().message, StartsWith("final: "));
  EXPECT_THAT(failover_->Propose(target_, taken_over_, Direction::kRelieve, 1).error().message,
              StartsWith("at_limit: "));
  EXPECT_THAT(failover_->Propose(target_, before_, Direction::kStress, 1).error().message, StartsWith("no_stress: "));
}

TEST_F(FailoverTest, WithoutAnAnswerNothingIsCutAndNothingStarts) {
  for (const auto code : {ErrorCode::kUnavailable, ErrorCode::kTimeout}) {
    host1_.Break({code, "away"});
    EXPECT_THAT(Refused(), StartsWith("no_fence_proof: "));
    host1_.Mend();
  }
  host2_.Break({ErrorCode::kTimeout, "away"});  // web-1 may have moved there
  EXPECT_THAT(Refused(), StartsWith("no_fence_proof: "));
  host2_.Mend();
  config_.standby_use.fence.hypervisor = "host9";
  EXPECT_THAT(Refused(), StartsWith("no_fence_proof: "));
  EXPECT_THAT(host1_.Changes(), IsEmpty());
  EXPECT_THAT(host2_.Changes(), IsEmpty());
}

TEST_F(FailoverTest, AnOrderIsNoProof) {
  host1_.LoseNextAnswer();
  EXPECT_THAT(Refused(), StartsWith("no_fence_proof: "));
  EXPECT_THAT(host2_.Changes(), IsEmpty());
  EXPECT_TRUE(failover_->Apply(target_, taken_over_, Soon()).ok());  // off it was, as it turns out
}

TEST_F(FailoverTest, WhereTheFenceNamesAHypervisorOnlyThatOneCounts) {
  fakes::FakeHypervisor away("away");
  away.Break({ErrorCode::kUnavailable, "down"});
  fakes::FakeInventory inventory({{"away", &away}, {"host1", &host1_}, {"host2", &host2_}});
  ASSERT_TRUE(host2_.Resume(uuid_, Soon()).ok());  // one that cannot be asked leaves only running domains resolved
  failover_ = MakeFailover(&inventory, Lookup());
  EXPECT_THAT(Refused(), StartsWith("no_fence_proof: hypervisor away doesn't say"));
  config_.standby_use.fence.hypervisor = "host1";
  EXPECT_TRUE(failover_->Apply(target_, taken_over_, Soon()).ok());
}

TEST_F(FailoverTest, PausedAndCrashedAreNotOff) {
  ASSERT_TRUE(host1_.Suspend(target_.uuid, Soon()).ok());
  ASSERT_TRUE(failover_->Apply(target_, taken_over_, Soon()).ok());
  EXPECT_EQ(*host1_.State(target_.uuid, Soon()), DomainState::kShutOff);

  host1_.Remove(target_.uuid);
  target_.uuid = host1_.Add("web-1", DomainState::kCrashed);
  EXPECT_THAT(Refused(Shortly()), StartsWith("no_fence_proof: "));
}

TEST_F(FailoverTest, EveryDomainOfThatNameIsFenced) {
  const std::string copy = host2_.Add("web-1");
  ASSERT_TRUE(failover_->Apply(target_, taken_over_, Soon()).ok());
  EXPECT_EQ(*host1_.State(target_.uuid, Soon()), DomainState::kShutOff);
  EXPECT_EQ(*host2_.State(copy, Soon()), DomainState::kShutOff);
}

// Says that it cut the power, and didn't.
class Liar : public fakes::FakeHypervisor {
 public:
  using FakeHypervisor::FakeHypervisor;
  base::Result<void> Shutdown(const std::string&, base::Deadline) override { return {}; }
};

TEST_F(FailoverTest, AFenceThatLiesIsReadBack) {
  Liar liar("liar");
  target_ = {"web-1", liar.Add("web-1"), "liar"};
  fakes::FakeInventory inventory({{"host2", &host2_}, {"liar", &liar}});
  failover_ = MakeFailover(&inventory, Lookup());
  EXPECT_THAT(Refused(Shortly()), HasSubstr("not off in time"));
  EXPECT_THAT(host2_.Changes(), IsEmpty());
}

// Two real libvirtds: "test" on the one is the target, a guest of QEMU on the other its standby.
class RealFailover : public ::testing::Test {
 protected:
  void SetUp() override {
    for (auto [driver, daemon] : {std::pair{Driver::kTest, &old_}, {Driver::kQemu, &next_}}) {
      auto started = fakes::PrivateLibvirtd::Start(driver);
      if (!started) GTEST_SKIP() << started.error().message;
      *daemon = std::move(*started);
    }
    inventory_ = hypervisor::ConnectInventory({{"old", old_->uri()}, {"next", next_->uri()}});
    target_ = {"test", old_->uuid(), "old"};
    config_.standby = "bios";
  }
  TargetLookup Lookup() {
    return [this](const std::string&) { return config_; };
  }
  std::unique_ptr<fakes::PrivateLibvirtd> old_, next_;
  std::unique_ptr<hypervisor::Inventory> inventory_;
  Target target_;
  TargetConfig config_;
};

double Millis(const std::chrono::steady_clock::time_point since) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - since).count();
}

TEST_F(RealFailover, AStandbyIsStartedResumedAndMarked) {
  const auto standby = MakeStandby(inventory_.get(), Lookup());
  const auto subject = standby->Subject(target_, Soon());
  ASSERT_TRUE(subject.ok()) << subject.error().message;
  Markers markers(inventory_.get());
  for (const char* first : {"shutoff", "paused"}) {
    ASSERT_TRUE(standby->Apply(*subject, State(first), Soon()).ok());
    const Marker marker{"c-1", "standby", State(first), base::WallTime(std::chrono::seconds(1700000000))};
    ASSERT_TRUE(markers.Put(*subject, marker, Soon()).ok());
    const auto since = std::chrono::steady_clock::now();
    ASSERT_TRUE(standby->Apply(*subject, State("running"), Soon()).ok());
    std::printf("standby: %s to running in %.0f ms\n", first, Millis(since));
    EXPECT_EQ(*standby->Read(*subject, Soon()), State("running"));
    const auto seen = markers.Get(*subject, "standby", Soon());
    ASSERT_TRUE(seen.ok() && *seen);
    ASSERT_TRUE(standby->Apply(*subject, (*seen)->previous, Soon()).ok());
    EXPECT_EQ(*standby->Read(*subject, Soon()), State(first));
    ASSERT_TRUE(markers.Remove(*subject, "standby", 0, Soon()).ok());
  }
}

TEST_F(RealFailover, TakesOverOnlyFromOneThatIsOff) {
  config_.standby_use.exclusive = true;
  const auto failover = MakeFailover(inventory_.get(), Lookup());
  ASSERT_TRUE(inventory_->Find("next")->Suspend(next_->uuid(), Soon()).ok());
  const Setting before = *failover->Read(target_, Soon());
  const Setting after = *failover->Propose(target_, before, Direction::kRelieve, 1);

  old_->Stop();
  const auto refused = failover->Apply(target_, after, base::Deadline::After(std::chrono::seconds(1)));
  EXPECT_THAT(refused.error().message, StartsWith("no_fence_proof: "));
  EXPECT_EQ(*inventory_->Find("next")->State(next_->uuid(), Soon()), DomainState::kPaused);
  old_->Continue();

  const auto since = std::chrono::steady_clock::now();
  const auto applied = failover->Apply(target_, after, Soon());
  ASSERT_TRUE(applied.ok()) << applied.error().message;
  std::printf("failover: fence and resume in %.0f ms\n", Millis(since));
  EXPECT_EQ(*inventory_->Find("old")->State(target_.uuid, Soon()), DomainState::kShutOff);
  EXPECT_EQ(*failover->Read(target_, Soon()), after);
}

}  // namespace
}  // namespace forewarn::actuators
