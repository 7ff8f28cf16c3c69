// SPDX-License-Identifier: Apache-2.0
// disk_io where a neighbour is lowered for the target's sake. With its effect: tests/webhook/actuators/real.
#include <gmock/gmock.h>

#include "tests/webhook/actuators/one_domain.h"
#include "webhook/actuators/disk_io.h"

namespace forewarn::actuators {
namespace {

using hypervisor::DomainState;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class Neighbours : public OneDomain {
 protected:
  Neighbours() {
    config_.is_neighbour = [](const std::string& domain) { return domain.starts_with("batch-"); };
    batch_.limits["disk_io"]["total_iops_sec"] = {100, 500};
  }
  TargetLookup Both() {
    return [this](const std::string& domain) -> std::optional<TargetConfig> {
      if (domain == "web-1") return config_;
      if (domain.starts_with("batch-")) return batch_;
      return std::nullopt;
    };
  }
  std::string Busy(const std::string& domain, std::uint64_t requests, DomainState state = DomainState::kRunning) {
    const std::string uuid = host_.Add(domain, state);
    host_.SetDiskUse(uuid, requests);
    return uuid;
  }
  // The neighbour with that limit, as it is told for the target's sake.
  Setting Told(std::int64_t iops) { return {{{"vda.total_iops_sec", std::to_string(iops)}}}; }

  TargetConfig batch_;
  std::unique_ptr<Actuator> disk_ = MakeDiskIo(&inventory_, Both());
};

TEST_F(Neighbours, TheBusiestThatRunsIsTheSubject) {
  Busy("batch-1", 10);
  const std::string uuid = Busy("batch-2", 300);
  Busy("batch-3", 900, DomainState::kPaused);
  Busy("web-2", 5000);
  const auto subject = disk_->Subject(target_, Soon());
  ASSERT_TRUE(subject.ok()) << subject.error().message;
  EXPECT_EQ(subject->domain, "batch-2");
  EXPECT_EQ(subject->uuid, uuid);
  EXPECT_EQ(subject->hypervisor, "host1");
  EXPECT_EQ(subject->beneficiary, "web-1");
}

TEST_F(Neighbours, ATargetWithALimitOfItsOwnIsItsOwnSubject) {
  Busy("batch-1", 10);
  ASSERT_TRUE(host_.SetBlockIoTune(target_.uuid, "vda", {{"read_iops_sec", 100}}, Soon()).ok());
  EXPECT_EQ(disk_->Subject(target_, Soon())->domain, "web-1");
  config_.is_neighbour = nullptr;
  ASSERT_TRUE(host_.SetBlockIoTune(target_.uuid, "vda", {{"read_iops_sec", 0}}, Soon()).ok());
  EXPECT_EQ(disk_->Subject(target_, Soon())->domain, "web-1");
}

TEST_F(Neighbours, IdleOnesAreNoSubject) {
  Busy("batch-1", 0);
  EXPECT_THAT(disk_->Subject(target_, Soon()).error().message, StartsWith("no_busy_neighbour: "));
}

TEST_F(Neighbours, AreLoweredByTheirOwnLimitsAndRestoredExactly) {
  Busy("batch-1", 300);
  const Target subject = *disk_->Subject(target_, Soon());
  const auto before = disk_->Read(subject, Soon());
  ASSERT_TRUE(before.ok());
  EXPECT_EQ(*before, Told(0));
  EXPECT_EQ(*disk_->Propose(subject, *before, Direction::kRelieve, 1), Told(100));
  EXPECT_EQ(*disk_->Propose(subject, *before, Direction::kRelieve, 0.5), Told(300));
  EXPECT_THAT(disk_->Propose(subject, *before, Direction::kStress, 1).error().message, StartsWith("no_stress: "));
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(disk_->Apply(subject, Told(300), Soon()).ok());
  EXPECT_EQ(*disk_->Read(subject, Soon()), Told(300));
  EXPECT_THAT(host_.Changes(), ::testing::ElementsAre(HasSubstr("batch-1 SetBlockIoTune")));
  ASSERT_TRUE(disk_->Apply(subject, *before, Soon()).ok());
  EXPECT_EQ(*disk_->Read(subject, Soon()), *before);
}

TEST_F(Neighbours, WhatIsLowAlreadyIsNotRaised) {
  const std::string uuid = Busy("batch-1", 300);
  const Target subject{"batch-1", uuid, "host1", "web-1"};
  EXPECT_EQ(*disk_->Propose(subject, Told(400), Direction::kRelieve, 0.5), Told(300));
  EXPECT_THAT(disk_->Propose(subject, Told(200), Direction::kRelieve, 0.5).error().message, StartsWith("at_limit: "));
}

TEST_F(Neighbours, LimitsThatExcludeEachOtherAreNotMixed) {
  const std::string uuid = Busy("batch-1", 300);
  const Target subject{"batch-1", uuid, "host1", "web-1"};
  batch_.limits["disk_io"]["write_iops_sec"] = {10, 50};
  const Setting now{{{"vda.total_iops_sec", "0"}, {"vda.write_iops_sec", "80"}}};
  const auto next = disk_->Propose(subject, now, Direction::kRelieve, 1);
  ASSERT_TRUE(next.ok());
  EXPECT_EQ(*next, (Setting{{{"vda.total_iops_sec", "0"}, {"vda.write_iops_sec", "10"}}}));
  EXPECT_EQ(*disk_->Propose(subject, Told(0), Direction::kRelieve, 1), Told(100));  // the first that fits
}

TEST_F(Neighbours, WithoutLimitsOfTheirOwnAreLeftAlone) {
  const std::string uuid = Busy("batch-1", 300);
  batch_.limits.clear();
  const Target subject{"batch-1", uuid, "host1", "web-1"};
  EXPECT_THAT(disk_->Propose(subject, Told(0), Direction::kRelieve, 1).error().message,
              StartsWith("no_neighbour_limits: "));
}

}  // namespace
}  // namespace forewarn::actuators
