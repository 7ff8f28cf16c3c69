// SPDX-License-Identifier: Apache-2.0
#include "webhook/actuators/power.h"

#include <gmock/gmock.h>

#include "tests/fakes/private_libvirtd.h"
#include "tests/webhook/actuators/one_domain.h"
#include "tests/webhook/actuators/wait_until.h"

namespace forewarn::actuators {
namespace {

using base::ErrorCode;
using hypervisor::DomainState;
using ::testing::IsEmpty;
using ::testing::StartsWith;

class Power : public OneDomain {
 protected:
  std::unique_ptr<Actuator> pause_ = MakePause(&inventory_);
  std::unique_ptr<Actuator> reset_ = MakeReset(&inventory_);
};

TEST_F(Power, PausesAndGoesOn) {
  const Setting running{{{"state", "running"}}}, paused{{{"state", "paused"}}};
  EXPECT_EQ(Now(*pause_), running);
  EXPECT_EQ(Proposed(*pause_, Direction::kRelieve, 0.2, "state"), "paused");
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(pause_->Apply(target_, paused, Soon()).ok());
  EXPECT_EQ(*host_.State(target_.uuid, Soon()), DomainState::kPaused);
  EXPECT_THAT(Proposed(*pause_, Direction::kRelieve, 1, ""), StartsWith("at_limit: "));
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(pause_->Apply(target_, running, Soon()).ok());
  EXPECT_EQ(Now(*pause_), running);
}

constexpr std::chrono::milliseconds kLong{20000};

TEST_F(Power, StressPausesAgainAndAgainAndEndsRunning) {
  const Setting running{{{"state", "running"}}}, pulses{{{"state", "pause 180/1000"}}};
  EXPECT_EQ(Proposed(*pause_, Direction::kStress, 0.2, "state"), "pause 180/1000");
  EXPECT_EQ(Proposed(*pause_, Direction::kStress, 1, "state"), "pause 900/1000");
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(pause_->Apply(target_, pulses, Soon()).ok());
  for (const DomainState state : {DomainState::kPaused, DomainState::kRunning, DomainState::kPaused}) {
    EXPECT_TRUE(WaitUntil(kLong, [&] { return *host_.State(target_.uuid, Soon()) == state; }));
    EXPECT_EQ(Now(*pause_), pulses);
  }
  EXPECT_THAT(Proposed(*pause_, Direction::kStress, 1, ""), StartsWith("at_limit: "));
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(pause_->Apply(target_, running, Soon()).ok());
  EXPECT_EQ(Now(*pause_), running);
}

TEST_F(Power, PulsesEndWithTheDomainAndNeverResumeWhatSomebodyElsePaused) {
  ASSERT_TRUE(pause_->Apply(target_, {{{"state", "pause 180/1000"}}}, Soon()).ok());
  ASSERT_TRUE(host_.Shutdown(target_.uuid, Soon()).ok());
  pause_.reset();
  EXPECT_EQ(*host_.State(target_.uuid, Soon()), DomainState::kShutOff);
  ASSERT_TRUE(host_.Start(target_.uuid, Soon()).ok());
  ASSERT_TRUE(host_.Suspend(target_.uuid, Soon()).ok());
  pause_ = MakePause(&inventory_);
  EXPECT_EQ(pause_->Apply(target_, {{{"state", "pause 180/1000"}}}, Soon()).error().code, ErrorCode::kConflict);
  EXPECT_EQ(*host_.State(target_.uuid, Soon()), DomainState::kPaused);
}

TEST_F(Power, ResetsOncePerProposal) {
  EXPECT_EQ(Now(*reset_), (Setting{{{"resets", "0"}}}));
  const auto next = reset_->Propose(target_, Now(*reset_), Direction::kRelieve, 1);
  ASSERT_TRUE(next.ok());
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(reset_->Apply(target_, *next, Soon()).ok());
  EXPECT_EQ(Now(*reset_), *next);
  ASSERT_TRUE(reset_->Apply(target_, {{{"resets", "0"}}}, Soon()).ok());  // no way back
  EXPECT_EQ(Now(*reset_), *next);
  const auto changes = host_.Changes();
  EXPECT_EQ(std::count(changes.begin(), changes.end(), "web-1 Reset"), 1);
}

TEST_F(Power, AResetWhoseNoteIsNotWrittenDoesNotHappen) {
  host_.LoseNextAnswer();  // of the note
  EXPECT_EQ(reset_->Apply(target_, {{{"resets", "1"}}}, Soon()).error().code, ErrorCode::kTimeout);
  ASSERT_TRUE(reset_->Apply(target_, {{{"resets", "1"}}}, Soon()).ok());
  EXPECT_THAT(host_.Changes(), ::testing::ElementsAre("web-1 SetMetadata urn:forewarn:resets"));
}

TEST_F(Power, RefusesWhatDoesNotRunAndWhatIsNoSetting) {
  for (Actuator* actuator : {pause_.get(), reset_.get()}) {
    EXPECT_EQ(actuator->Apply(target_, {{{"state", "melted"}}}, Soon()).error().code, ErrorCode::kInvalid);
    EXPECT_EQ(actuator->Apply(target_, {{{"resets", "-1"}}}, Soon()).error().code, ErrorCode::kInvalid);
    EXPECT_EQ(actuator->Read({"web-1", "gone", "host1"}, Soon()).error().code, ErrorCode::kNotFound);
  }
  EXPECT_THAT(Proposed(*reset_, Direction::kStress, 1, ""), StartsWith("no_stress: "));
  EXPECT_THAT(host_.Changes(), IsEmpty());
  ASSERT_TRUE(host_.Shutdown(target_.uuid, Soon()).ok());
  for (Actuator* actuator : {pause_.get(), reset_.get()}) {
    EXPECT_THAT(actuator->Read(target_, Soon()).error().message, StartsWith("not_running: "));
  }
}

TEST(RealPower, PausesResumesAndResetsUnderQemu) {
  auto daemon = fakes::PrivateLibvirtd::Start(fakes::PrivateLibvirtd::Driver::kQemu);
  if (!daemon) GTEST_SKIP() << daemon.error().message;
  auto inventory = hypervisor::ConnectInventory({{"host1", (*daemon)->uri()}});
  const Target target{(*daemon)->domain(), (*daemon)->uuid(), "host1"};
  hypervisor::Hypervisor& host = *inventory->Find("host1");
  const auto pause = MakePause(inventory.get());
  const auto before = pause->Read(target, Soon());
  ASSERT_TRUE(before.ok()) << before.error().message;
  const auto next = pause->Propose(target, *before, Direction::kRelieve, 1);
  ASSERT_TRUE(pause->Apply(target, *next, Soon()).ok());
  EXPECT_EQ(*host.State(target.uuid, Soon()), DomainState::kPaused);
  ASSERT_TRUE(pause->Apply(target, *before, Soon()).ok());
  EXPECT_EQ(*pause->Read(target, Soon()), *before);
  const auto pulses = pause->Propose(target, *before, Direction::kStress, 0.2);
  ASSERT_TRUE(pause->Apply(target, *pulses, Soon()).ok());
  for (const DomainState state : {DomainState::kPaused, DomainState::kRunning, DomainState::kPaused}) {
    EXPECT_TRUE(WaitUntil(kLong, [&] { return *host.State(target.uuid, Soon()) == state; }));
    EXPECT_EQ(*pause->Read(target, Soon()), *pulses);
  }
  ASSERT_TRUE(pause->Apply(target, *before, Soon()).ok());
  EXPECT_EQ(*host.State(target.uuid, Soon()), DomainState::kRunning);

  const auto reset = MakeReset(inventory.get());
  const auto once = reset->Propose(target, *reset->Read(target, Soon()), Direction::kRelieve, 1);
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(reset->Apply(target, *once, Soon()).ok());
  EXPECT_EQ(*reset->Read(target, Soon()), *once);
  EXPECT_EQ(*host.State(target.uuid, Soon()), DomainState::kRunning);
}

}  // namespace
}  // namespace forewarn::actuators
