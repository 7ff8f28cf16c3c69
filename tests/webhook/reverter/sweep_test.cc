// SPDX-License-Identifier: Apache-2.0
#include "webhook/reverter/sweep.h"

#include <gmock/gmock.h>

#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_hypervisor.h"

namespace forewarn::reverter {
namespace {

using actuators::Marker;
using actuators::Setting;
using actuators::Target;
using base::ErrorCode;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

base::Deadline Soon() { return base::Deadline::After(std::chrono::seconds(10)); }
constexpr std::chrono::seconds kHeld{600}, kGrace{15}, kMoment{1};

// Time that a test can also set back.
class Clock : public base::Clock {
 public:
  base::WallTime Now() const override { return elapsed.Now() + std::chrono::floor<base::WallTime::duration>(set_by); }
  base::SteadyTime Steady() const override { return elapsed.Steady(); }
  fakes::FakeClock elapsed;
  base::Duration set_by{};
};

class SweepTest : public testing::Test {
 protected:
  SweepTest() {
    lines_ = actuators::BuildActuators({&inventory_, {}, {}}).value();
    std::map<std::string, actuators::Actuator*> all;
    for (const auto& line : lines_) all[line.name] = line.actuator.get();
    parts_.reset(new Parts{inventory_, all, {"serving-1"}, clock_, kGrace});
    sweeper_.emplace(*parts_, "host1");
    uuid_ = host_.Add("web-1");
  }

  Target Web() const { return {"web-1", uuid_, "host1", ""}; }
  std::string Tune(int iops) {
    EXPECT_TRUE(host_.SetBlockIoTune(uuid_, "vda", {{"total_iops_sec", iops}}, Soon()));
    return std::to_string(iops);
  }
  std::int64_t Iops() { return host_.BlockIoTune(uuid_, "vda", Soon())->at("total_iops_sec"); }
  Marker Note(const std::string& actuator, const Setting& previous) {
    Marker marker{"7", actuator, previous, clock_.Now() + kHeld, 3, clock_.Now()};
    EXPECT_TRUE(markers_.Put(Web(), marker, Soon()));
    return marker;
  }
  // 100 IOPS, changed to 200 and marked.
  Marker Change() {
    const Marker marker = Note("disk_io", {{{"vda.total_iops_sec", Tune(100)}}});
    Tune(200);
    return marker;
  }
  bool Marked() { return host_.Metadata(uuid_, actuators::MarkerUri("disk_io"), Soon())->has_value(); }
  Sweep Run() {
    auto sweep = sweeper_->Run();
    EXPECT_TRUE(sweep) << sweep.error().message;
    return sweep ? *sweep : Sweep{};
  }

  Clock clock_;
  fakes::FakeHypervisor host_{"host1"};
  fakes::FakeInventory inventory_{{{"host1", &host_}}};
  actuators::Markers markers_{&inventory_};
  std::vector<actuators::ActuatorLine> lines_;
  std::unique_ptr<Parts> parts_;
  std::optional<Sweeper> sweeper_;
  std::string uuid_;
};

TEST_F(SweepTest, LeavesAloneWhatHasNotExpired) {
  Run();
  Change();
  const auto before = host_.Changes();
  EXPECT_EQ(Run().markers, 1u);
  clock_.elapsed.Advance(kHeld + kGrace - kMoment);
  EXPECT_THAT(Run().reverted, IsEmpty());
  EXPECT_EQ(host_.Changes(), before);
  EXPECT_EQ(Iops(), 200);
}

TEST_F(SweepTest, UndoesWhatHasExpiredOnce) {
  Change();
  clock_.elapsed.Advance(kHeld + kGrace);
  EXPECT_THAT(Run().reverted, ElementsAre(Pair("disk_io", 1)));
  EXPECT_EQ(Iops(), 100);
  EXPECT_FALSE(Marked());
  const auto after = host_.Changes();
  EXPECT_EQ(Run().markers, 0u);
  EXPECT_EQ(host_.Changes(), after);
}

TEST_F(SweepTest, ARenewalCounts) {
  Marker marker = Change();
  Run();
  clock_.elapsed.Advance(kHeld);
  marker.expiry += kHeld;
  ASSERT_TRUE(markers_.Put(Web(), marker, Soon()));
  clock_.elapsed.Advance(kHeld);
  EXPECT_THAT(Run().reverted, IsEmpty());
  clock_.elapsed.Advance(kGrace);
  EXPECT_THAT(Run().reverted, ElementsAre(Pair("disk_io", 1)));
}

TEST_F(SweepTest, AClockThatIsSetBackDelaysNothing) {
  Change();
  Run();
  clock_.set_by = -std::chrono::seconds(10);  // within what two hosts' clocks may differ
  clock_.elapsed.Advance(kHeld + kGrace - kMoment);
  EXPECT_THAT(Run().reverted, IsEmpty());
  clock_.elapsed.Advance(kMoment);
  EXPECT_THAT(Run().reverted, ElementsAre(Pair("disk_io", 1)));
}

TEST_F(SweepTest, WhatWasWrittenInTheFutureGoesBackNow) {
  Change();
  clock_.set_by = -std::chrono::hours(1);
  EXPECT_THAT(Run().reverted, ElementsAre(Pair("disk_io", 1)));
  EXPECT_EQ(Iops(), 100);
}

TEST_F(SweepTest, AnExpiryThatCannotBeReadIsPast) {
  for (const std::string expiry : {"", "expiry=\"soon\"", "expiry=\"-5\"", "expiry=\"99999999999999999999\""}) {
    Tune(200);
    const std::string xml = "<change id=\"7\" actuator=\"disk_io\" " + expiry +
                            " epoch=\"3\" previous=\"{&quot;vda.total_iops_sec&quot;:&quot;100&quot;}\"/>";
    ASSERT_TRUE(host_.SetMetadata(uuid_, actuators::MarkerUri("disk_io"), xml, Soon()));
    EXPECT_THAT(Run().reverted, ElementsAre(Pair("disk_io", 1))) << expiry;
    EXPECT_EQ(Iops(), 100) << expiry;
    EXPECT_FALSE(Marked());
  }
}

TEST_F(SweepTest, WhatDoesNotSayThePreviousSettingIsLeftAndCounted) {
  Tune(200);
  for (const char* xml :
       {"<change/>", "<other/>", "<change id='7' actuator='memory' previous='{}' expiry='1' epoch='1'/>"}) {
    ASSERT_TRUE(host_.SetMetadata(uuid_, actuators::MarkerUri("disk_io"), std::string(xml), Soon()));
    EXPECT_THAT(Run().failed, ElementsAre(Pair("disk_io", 1))) << xml;
    EXPECT_EQ(Iops(), 200);
    EXPECT_TRUE(Marked());
  }
}

TEST_F(SweepTest, AFailureIsTriedAgain) {
  Note("memory", {{{"current_kib", "not a number"}}});
  Change();
  clock_.elapsed.Advance(kHeld + kGrace);
  const Sweep sweep = Run();
  EXPECT_THAT(sweep.failed, ElementsAre(Pair("memory", 1)));
  EXPECT_THAT(sweep.reverted, ElementsAre(Pair("disk_io", 1)));  // the one doesn't hold up the other
  EXPECT_THAT(Run().failed, ElementsAre(Pair("memory", 1)));
}

TEST_F(SweepTest, AHypervisorWithoutAnAnswerIsAnError) {
  host_.Break({ErrorCode::kUnavailable, "away"});
  EXPECT_EQ(sweeper_->Run().error().code, ErrorCode::kUnavailable);
  host_.Mend();
  EXPECT_EQ(Run().domains, 1u);
}

TEST_F(SweepTest, ADomainThatIsOffGoesBackInItsConfiguration) {
  const std::string off = host_.Add("web-2", hypervisor::DomainState::kShutOff);
  uuid_ = off;
  Change();
  clock_.elapsed.Advance(kHeld + kGrace);
  EXPECT_THAT(Run().reverted, ElementsAre(Pair("disk_io", 1)));
  EXPECT_EQ(Iops(), 100);
}

TEST_F(SweepTest, ADomainThatVanishedLeavesNothingToUndo) {
  Change();
  Run();
  host_.Remove(uuid_);
  clock_.elapsed.Advance(kHeld + kGrace);
  EXPECT_EQ(Run().markers, 0u);
}

TEST_F(SweepTest, AStandbyThatMayServeIsNotStopped) {
  uuid_ = host_.Add("serving-1");
  const Marker marker{"7", "standby", {{{"state", "shutoff"}}}, clock_.Now(), 1, clock_.Now()};
  ASSERT_TRUE(markers_.Put({"serving-1", uuid_, "host1", ""}, marker, Soon()));
  clock_.elapsed.Advance(kHeld);
  EXPECT_THAT(Run().spared, ElementsAre(Pair("standby", 1)));
  EXPECT_EQ(*host_.State(uuid_, Soon()), hypervisor::DomainState::kRunning);
}

TEST_F(SweepTest, OthersMetadataIsNotOurs) {
  ASSERT_TRUE(host_.SetMetadata(uuid_, "urn:somebody:else", std::string("<x/>"), Soon()));
  ASSERT_TRUE(host_.SetMetadata(uuid_, actuators::MarkerUri("levitation"), std::string("<x/>"), Soon()));
  EXPECT_EQ(Run().markers, 0u);
}

}  // namespace
}  // namespace forewarn::reverter
