// SPDX-License-Identifier: Apache-2.0
#include "webhook/actuators/placement.h"

#include <gmock/gmock.h>

#include "tests/fakes/private_libvirtd.h"
#include "tests/webhook/actuators/one_domain.h"
#include "webhook/actuators/disk_io.h"
#include "webhook/actuators/marker.h"

namespace forewarn::actuators {
namespace {

using base::Error;
using base::ErrorCode;
using fakes::FakeInventory;
using fakes::PrivateLibvirtd;
using hypervisor::Capacity;
using hypervisor::DomainState;
using ::testing::HasSubstr;
using ::testing::StartsWith;

Setting On(const std::string& hypervisor) { return {{{"hypervisor", hypervisor}}}; }

TEST(ChooseHost, TakesTheLeastLoadedWithEnoughMemory) {
  const Room needed{2, 1 << 20};
  EXPECT_EQ(ChooseHost({}, needed), "");
  EXPECT_EQ(ChooseHost({{"a", {8, 6, 4 << 20}}, {"b", {8, 2, 4 << 20}}, {"c", {8, 0, 1 << 20}}}, needed), "b");
  EXPECT_EQ(ChooseHost({{"a", {4, 2, 4 << 20}}, {"b", {16, 8, 4 << 20}}}, needed), "b");
  EXPECT_EQ(ChooseHost({{"a", {8, 2, 4 << 20}}, {"b", {8, 2, 5 << 20}}}, needed), "b");
  EXPECT_EQ(ChooseHost({{"a", {0, 0, 4 << 20}}, {"b", {8, 0, (1 << 20) + 1000}}}, needed), "");
}

class Placing : public OneDomain {
 protected:
  base::Result<void> Move(const std::string& to, std::chrono::milliseconds time = std::chrono::seconds(10)) {
    return placement_->Apply(target_, On(to), base::Deadline::After(time));
  }
  std::string Where() {
    const auto now = placement_->Read(target_, Soon());
    return now ? now->values.at("hypervisor") : now.error().message;
  }

  fakes::FakeHypervisor second_{"host2"}, third_{"host3"};
  FakeInventory hosts_{{{"host1", &host_}, {"host2", &second_}, {"host3", &third_}}};
  std::unique_ptr<Actuator> placement_ = MakePlacement(&hosts_);
};

TEST_F(Placing, ProposesWhereTheMostHeadroomIs) {
  second_.Add("busy");
  EXPECT_EQ(Proposed(*placement_, Direction::kRelieve, 1, "hypervisor"), "host3");
  third_.SetCapacity({4, 3, 8 << 20});
  EXPECT_EQ(Proposed(*placement_, Direction::kRelieve, 1, "hypervisor"), "host2");
  second_.Break({ErrorCode::kUnavailable, "down"});
  EXPECT_EQ(Proposed(*placement_, Direction::kRelieve, 1, "hypervisor"), "host3");
  third_.SetCapacity({4, 3, 1 << 10});
  EXPECT_THAT(Proposed(*placement_, Direction::kRelieve, 1, ""), StartsWith("no_headroom: "));
  EXPECT_THAT(Proposed(*placement_, Direction::kStress, 1, ""), StartsWith("no_stress: "));
  EXPECT_THAT(Proposed(*MakePlacement(&inventory_), Direction::kRelieve, 1, ""), StartsWith("no_other_hypervisor: "));
}

TEST_F(Placing, MovesAndComesBackWithItsMarkers) {
  const std::string uri = MarkerUri("disk_io");
  ASSERT_TRUE(host_.SetMetadata(target_.uuid, uri, "<change/>", Soon()).ok());
  EXPECT_EQ(Where(), "host1");
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(Move("host2").ok());
  EXPECT_EQ(Where(), "host2");  // though the target says host1
  EXPECT_EQ(second_.Metadata(target_.uuid, uri, Soon())->value_or(""), "<change/>");
  hosts_.LoseMetadata();
  ASSERT_TRUE(Move("host3").ok());
  EXPECT_EQ(third_.Metadata(target_.uuid, uri, Soon())->value_or(""), "<change/>");
  ASSERT_TRUE(Move("host1").ok());
  EXPECT_EQ(Where(), "host1");
}

TEST_F(Placing, WhatIsSetIsFoundAndUndoneWhereverItHasGone) {
  const auto disk = MakeDiskIo(&hosts_, {});
  Markers markers(&hosts_);
  const Setting limited{{{"vda.total_iops_sec", "100"}}};
  ASSERT_TRUE(disk->Apply(target_, limited, Soon()).ok());
  ASSERT_TRUE(markers.Put(target_, {"c1", "disk_io", {}, base::FromSeconds(1800000000), 7}, Soon()).ok());
  ASSERT_TRUE(Move("host2").ok());
  EXPECT_EQ(Now(*disk), limited);
  third_.Break({ErrorCode::kUnavailable, "down"});  // it does run on host2
  ASSERT_TRUE(disk->Apply(target_, {}, Soon()).ok());
  ASSERT_TRUE(markers.Remove(target_, "disk_io", 7, Soon()).ok());
  EXPECT_EQ(second_.BlockIoTune(target_.uuid, "vda", Soon())->at("total_iops_sec"), 0);
  EXPECT_FALSE(second_.Metadata(target_.uuid, MarkerUri("disk_io"), Soon())->has_value());
  EXPECT_EQ(disk->Read({"web-1", "elsewhere", "host1"}, Soon()).error().code, ErrorCode::kUnavailable);
  third_.Mend();
  EXPECT_EQ(disk->Read({"web-1", "elsewhere", "host1"}, Soon()).error().code, ErrorCode::kNotFound);
}

TEST_F(Placing, AFailureLeavesItRunningWhereItWas) {
  for (const auto ends : {FakeInventory::Ends::kStayed, FakeInventory::Ends::kPaused}) {
    hosts_.EndMigrations(ends, Error{ErrorCode::kTimeout, "aborted"});
    const auto moved = Move("host2");
    EXPECT_EQ(moved.error().code, ErrorCode::kUnavailable);
    EXPECT_THAT(moved.error().message, HasSubstr("it stays on host1: aborted"));
    EXPECT_EQ(*host_.State(target_.uuid, Soon()), DomainState::kRunning);
  }
  hosts_.EndMigrations(FakeInventory::Ends::kStayed, Error{ErrorCode::kUnsupported, "unsafe"});
  EXPECT_EQ(Move("host2").error().code, ErrorCode::kUnsupported);
}

TEST_F(Placing, AnErrorAfterItHasMovedIsNone) {
  hosts_.EndMigrations(FakeInventory::Ends::kMoved, Error{ErrorCode::kTimeout, "no answer"});
  ASSERT_TRUE(Move("host2").ok());
  EXPECT_EQ(Where(), "host2");
}

TEST_F(Placing, WhatRunsTwiceOrCannotBeSeenIsForAPerson) {
  hosts_.EndMigrations(FakeInventory::Ends::kTwice, Error{ErrorCode::kTimeout, "no answer"});
  const auto twice = Move("host2", std::chrono::milliseconds(400));
  EXPECT_EQ(twice.error().code, ErrorCode::kConflict);
  EXPECT_THAT(twice.error().message, StartsWith("split_placement: "));
  EXPECT_THAT(Where(), StartsWith("split_placement: "));
  EXPECT_THAT(Move("host3").error().message, StartsWith("split_placement: "));
}

TEST_F(Placing, ADestinationThatGivesNoAnswerIsForAPerson) {
  second_.Break({ErrorCode::kUnavailable, "down"});
  hosts_.EndMigrations(FakeInventory::Ends::kStayed, Error{ErrorCode::kUnavailable, "down"});
  EXPECT_THAT(Move("host2", std::chrono::milliseconds(400)).error().message, StartsWith("split_placement: "));
  EXPECT_EQ(Where(), "host1");  // it runs there, whatever host2 says
}

TEST_F(Placing, RefusesWhatIsNotThere) {
  EXPECT_EQ(Move("host9").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(placement_->Apply(target_, {}, Soon()).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(placement_->Read({"web-1", "gone", "host1"}, Soon()).error().code, ErrorCode::kNotFound);
  ASSERT_TRUE(host_.Shutdown(target_.uuid, Soon()).ok());
  EXPECT_THAT(Where(), StartsWith("not_running: "));
}

// Two real ones: a guest of QEMU goes there and back.
class RealPlacement : public ::testing::Test {
 protected:
  void SetUp() override {
    for (auto [driver, daemon] :
         {std::pair{PrivateLibvirtd::Driver::kQemu, &first_}, std::pair{PrivateLibvirtd::Driver::kBare, &second_}}) {
      auto started = PrivateLibvirtd::Start(driver);
      if (!started) GTEST_SKIP() << started.error().message;
      *daemon = std::move(*started);
    }
    if (geteuid() != 0) GTEST_SKIP() << "two host names need root";
    target_ = {first_->domain(), first_->uuid(), "host1"};
  }
  std::unique_ptr<hypervisor::Inventory> Inventory(bool unsafe) {
    return hypervisor::ConnectInventory(
        {{"host1", first_->uri(), "tcp://127.0.0.1", unsafe}, {"host2", second_->uri(), "tcp://127.0.0.1", unsafe}});
  }

  std::unique_ptr<PrivateLibvirtd> first_, second_;
  Target target_;
};

TEST_F(RealPlacement, MovesWithItsMarkerAndComesBack) {
  const auto inventory = Inventory(true);
  const auto placement = MakePlacement(inventory.get());
  Markers markers(inventory.get());
  const Marker marker{"c1", "disk_io", {{{"vda.total_iops_sec", "100"}}}, base::FromSeconds(1800000000), 7};
  ASSERT_TRUE(markers.Put(target_, marker, Soon()).ok());
  const auto before = placement->Read(target_, Soon());
  ASSERT_TRUE(before.ok()) << before.error().message;
  const auto next = placement->Propose(target_, *before, Direction::kRelieve, 1);
  ASSERT_TRUE(next.ok()) << next.error().message;
  EXPECT_EQ(*next, On("host2"));
  const auto moved = placement->Apply(target_, *next, base::Deadline::After(std::chrono::seconds(30)));
  ASSERT_TRUE(moved.ok()) << moved.error().message;
  EXPECT_EQ(*placement->Read(target_, Soon()), *next);
  const auto there = markers.Get({target_.domain, target_.uuid, "host2"}, "disk_io", Soon());
  ASSERT_TRUE(there.ok()) << there.error().message;
  EXPECT_EQ(*there, marker);
  const auto back = placement->Apply(target_, *before, base::Deadline::After(std::chrono::seconds(30)));
  ASSERT_TRUE(back.ok()) << back.error().message;
  EXPECT_EQ(*placement->Read(target_, Soon()), *before);
  EXPECT_EQ(*markers.Get(target_, "disk_io", Soon()), marker);
}

TEST_F(RealPlacement, UnsafeMigrationIsRefusedUnlessConfigured) {
  const auto inventory = Inventory(false);
  const auto placement = MakePlacement(inventory.get());
  const auto moved = placement->Apply(target_, On("host2"), base::Deadline::After(std::chrono::seconds(30)));
  ASSERT_FALSE(moved.ok());
  EXPECT_THAT(moved.error().message, HasSubstr("unsafe"));
  EXPECT_EQ(*placement->Read(target_, Soon()), On("host1"));
}

}  // namespace
}  // namespace forewarn::actuators
