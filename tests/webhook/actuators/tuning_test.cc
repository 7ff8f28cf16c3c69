// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <functional>
#include <string>

#include "tests/fakes/fake_hypervisor.h"
#include "tests/fakes/private_libvirtd.h"
#include "webhook/actuators/change.h"
#include "webhook/actuators/cpu_quota.h"
#include "webhook/actuators/disk_io.h"
#include "webhook/actuators/memory.h"

namespace forewarn::actuators {
namespace {

using base::ErrorCode;
using ::testing::IsEmpty;
using ::testing::StartsWith;

base::Deadline Soon() { return base::Deadline::After(std::chrono::seconds(10)); }

// One target on one hypervisor in memory.
class Tuning : public ::testing::Test {
 protected:
  TargetLookup Lookup() {
    return [this](const std::string& domain) { return domain == "web-1" ? std::optional(config_) : std::nullopt; };
  }
  void Limit(const std::string& disk_parameter, std::int64_t value) {
    ASSERT_TRUE(host_.SetBlockIoTune(target_.uuid, "vda", {{disk_parameter, value}}, Soon()).ok());
  }
  Setting Now(Actuator& actuator) {
    auto now = actuator.Read(target_, Soon());
    EXPECT_TRUE(now.ok()) << now.error().message;
    return now ? *now : Setting{};
  }
  // What is proposed, or the message of the refusal.
  std::string Proposed(Actuator& actuator, Direction direction, double severity, const std::string& part) {
    auto next = actuator.Propose(target_, Now(actuator), direction, severity);
    if (!next) {
      EXPECT_EQ(next.error().code, ErrorCode::kUnsupported);
      return next.error().message;
    }
    return next->values[part];
  }

  fakes::FakeHypervisor host_{"host1"};
  fakes::FakeInventory inventory_{{{"host1", &host_}}};
  Target target_{"web-1", host_.Add("web-1"), "host1"};
  TargetConfig config_;
  std::unique_ptr<Actuator> disk_ = MakeDiskIo(&inventory_, Lookup());
  std::unique_ptr<Actuator> memory_ = MakeMemory(&inventory_, Lookup());
  std::unique_ptr<Actuator> quota_ = MakeCpuQuota(&inventory_, Lookup());
};

TEST_F(Tuning, DiskWithoutLimitsHasNothingToRaise) {
  EXPECT_EQ(Now(*disk_), Setting{});
  EXPECT_THAT(Proposed(*disk_, Direction::kRelieve, 1, ""), StartsWith("no_limit_to_raise: "));
  EXPECT_THAT(Proposed(*disk_, Direction::kStress, 1, ""), StartsWith("no_limit_to_lower: "));
}

TEST_F(Tuning, DiskReliefGrowsWithSeverityUpToTwice) {
  Limit("total_iops_sec", 100);
  const std::string key = "vda.total_iops_sec";
  EXPECT_EQ(Proposed(*disk_, Direction::kRelieve, 0, key), "110");
  EXPECT_EQ(Proposed(*disk_, Direction::kRelieve, 0.5, key), "150");
  EXPECT_EQ(Proposed(*disk_, Direction::kRelieve, 1, key), "200");
  EXPECT_EQ(Proposed(*disk_, Direction::kRelieve, 17, key), "200");
  EXPECT_EQ(Proposed(*disk_, Direction::kRelieve, NAN, key), "110");
}

TEST_F(Tuning, StressGrowsWithSeverityAndIsMildWhereSeverityIs) {
  Limit("total_iops_sec", 100);
  for (const auto& [severity, iops] : {std::pair{0.2, "82"}, {0.6, "46"}, {1.0, "10"}, {17.0, "10"}, {NAN, "91"}}) {
    EXPECT_EQ(Proposed(*disk_, Direction::kStress, severity, "vda.total_iops_sec"), iops) << severity;
  }
  for (int percent = 1; percent <= 100; ++percent) {
    EXPECT_LE(StressFactor(percent / 100.0), StressFactor((percent - 1) / 100.0));
    EXPECT_GT(StressFactor(percent / 100.0), 0);
  }
}

TEST_F(Tuning, DiskWithoutLimitsIsLimitedBelowWhatItDoesAndUnlimitedAgain) {
  host_.SetDiskUse(target_.uuid, 1000);  // in a quarter of a second, or a little more
  const auto mild = disk_->Propose(target_, {}, Direction::kStress, 0.2);
  const auto harsh = disk_->Propose(target_, {}, Direction::kStress, 1);
  ASSERT_TRUE(mild.ok() && harsh.ok());
  EXPECT_LE(*NumberAt(*mild, "vda.total_iops_sec"), 3280);
  EXPECT_GT(*NumberAt(*mild, "vda.total_iops_sec"), *NumberAt(*harsh, "vda.total_iops_sec"));
  ASSERT_TRUE(disk_->Apply(target_, *mild, Soon()).ok());
  EXPECT_EQ(Now(*disk_), *mild);
  ASSERT_TRUE(disk_->Apply(target_, {}, Soon()).ok());
  EXPECT_EQ(Now(*disk_), Setting{});
}

TEST_F(Tuning, DiskThatIsIdleIsLimitedByItsConfiguration) {
  config_.limits["disk_io"]["total_iops_sec"] = {60, 200};
  EXPECT_EQ(Proposed(*disk_, Direction::kStress, 0.2, "vda.total_iops_sec"), "164");
  EXPECT_EQ(Proposed(*disk_, Direction::kStress, 1, "vda.total_iops_sec"), "60");
  host_.SetDiskUse(target_.uuid, 1);  // next to nothing
  EXPECT_EQ(Proposed(*disk_, Direction::kStress, 0.6, "vda.total_iops_sec"), "92");
}

TEST_F(Tuning, DiskStaysWithinItsLimitsAndNeverMovesTheOtherWay) {
  Limit("total_iops_sec", 100);
  const std::string key = "vda.total_iops_sec";
  config_.limits["disk_io"]["total_iops_sec"] = {80, 120};
  EXPECT_EQ(Proposed(*disk_, Direction::kRelieve, 1, key), "120");
  EXPECT_EQ(Proposed(*disk_, Direction::kStress, 1, key), "80");
  config_.limits["disk_io"]["total_iops_sec"] = {10, 50};  // it is above already
  EXPECT_THAT(Proposed(*disk_, Direction::kRelieve, 1, key), StartsWith("at_limit: "));
  config_.limits["disk_io"]["total_iops_sec"] = {500, 900};
  EXPECT_THAT(Proposed(*disk_, Direction::kStress, 1, key), StartsWith("at_limit: "));
}

TEST_F(Tuning, DiskBurstsMoveWithTheirRate) {
  ASSERT_TRUE(host_
                  .SetBlockIoTune(target_.uuid, "vda",
                                  {{"read_bytes_sec", 1000},
                                   {"read_bytes_sec_max", 1500},
                                   {"read_bytes_sec_max_length", 7},
                                   {"size_iops_sec", 4096}},
                                  Soon())
                  .ok());
  const Setting before = Now(*disk_);
  const auto next = disk_->Propose(target_, before, Direction::kRelieve, 1);
  ASSERT_TRUE(next.ok());
  const Setting expected{{{"vda.read_bytes_sec", "2000"},
                          {"vda.read_bytes_sec_max", "3000"},
                          {"vda.read_bytes_sec_max_length", "7"},
                          {"vda.size_iops_sec", "4096"}}};
  EXPECT_EQ(*next, expected);
  ASSERT_TRUE(disk_->Apply(target_, *next, Soon()).ok());
  EXPECT_EQ(Now(*disk_), expected);
  ASSERT_TRUE(disk_->Apply(target_, before, Soon()).ok());
  EXPECT_EQ(Now(*disk_), before);
}

TEST_F(Tuning, DiskAppliesNothingSetAsNoLimitAtAll) {
  ASSERT_TRUE(disk_->Apply(target_, {{{"vda.total_iops_sec", "100"}, {"vda.total_iops_sec_max", "300"}}}, Soon()).ok());
  ASSERT_TRUE(disk_->Apply(target_, {}, Soon()).ok());
  EXPECT_EQ(Now(*disk_), Setting{});
}

TEST_F(Tuning, DiskAppliedTwiceChangesOnce) {
  const Setting setting{{{"vda.total_iops_sec", "100"}}};
  ASSERT_TRUE(disk_->Apply(target_, setting, Soon()).ok());
  const auto changes = host_.Changes().size();
  ASSERT_TRUE(disk_->Apply(target_, setting, Soon()).ok());
  EXPECT_EQ(host_.Changes().size(), changes);
}

TEST_F(Tuning, DiskRefusesSettingsOfSomethingElse) {
  for (const Setting& setting : {Setting{{{"vda.total_iops_sec", "many"}}}, Setting{{{"vda.total_iops_sec", "-1"}}},
                                 Setting{{{"total_iops_sec", "1"}}}}) {
    EXPECT_EQ(disk_->Apply(target_, setting, Soon()).error().code, ErrorCode::kInvalid) << ToText(setting);
  }
  EXPECT_EQ(disk_->Apply(target_, {{{"vdz.total_iops_sec", "1"}}}, Soon()).error().code, ErrorCode::kNotFound);
  EXPECT_THAT(host_.Changes(), IsEmpty());
}

TEST_F(Tuning, MemoryGrowsTowardsItsCeiling) {  // 512 of 1024 MiB
  EXPECT_EQ(Proposed(*memory_, Direction::kRelieve, 0.5, "current_kib"), std::to_string(768 << 10));
  EXPECT_EQ(Proposed(*memory_, Direction::kRelieve, 1, "current_kib"), std::to_string(1024 << 10));
  EXPECT_EQ(Proposed(*memory_, Direction::kStress, 0.2, "current_kib"), std::to_string(419 << 10));
  EXPECT_EQ(Proposed(*memory_, Direction::kStress, 1, "current_kib"), std::to_string(256 << 10));  // a quarter of all
  config_.limits["memory"]["mib"] = {400, 600};
  EXPECT_EQ(Proposed(*memory_, Direction::kRelieve, 1, "current_kib"), std::to_string(600 << 10));
  EXPECT_EQ(Proposed(*memory_, Direction::kStress, 1, "current_kib"), std::to_string(400 << 10));
  config_.limits["memory"]["mib"] = {1, 600};
  EXPECT_EQ(Proposed(*memory_, Direction::kStress, 1, "current_kib"), std::to_string(64 << 10));
}

TEST_F(Tuning, MemoryAtItsMaximumHasNothingToGive) {
  ASSERT_TRUE(memory_->Apply(target_, {{{"current_kib", std::to_string(1024 << 10)}}}, Soon()).ok());
  EXPECT_THAT(Proposed(*memory_, Direction::kRelieve, 1, ""), StartsWith("no_memory_to_give: "));
  config_.limits["memory"]["mib"] = {2048, 4096};
  EXPECT_THAT(Proposed(*memory_, Direction::kStress, 1, ""), StartsWith("at_limit: "));
  config_.limits["memory"]["mib"] = {128, 256};  // it has more already: it isn't taken away in the name of relief
  EXPECT_THAT(Proposed(*memory_, Direction::kRelieve, 1, ""), StartsWith("no_memory_to_give: "));
}

TEST_F(Tuning, MemoryGoesBackExactly) {
  ASSERT_TRUE(host_.SetMemory(target_.uuid, 523457, Soon()).ok());
  const Setting before = Now(*memory_);
  const auto next = memory_->Propose(target_, before, Direction::kRelieve, 0.3);
  ASSERT_TRUE(next.ok());
  ASSERT_TRUE(memory_->Apply(target_, *next, Soon()).ok());
  EXPECT_EQ(Now(*memory_), *next);
  ASSERT_TRUE(memory_->Apply(target_, before, Soon()).ok());
  EXPECT_EQ(Now(*memory_), before);
  EXPECT_EQ(memory_->Apply(target_, {}, Soon()).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(memory_->Apply(target_, {{{"current_kib", "0"}}}, Soon()).error().code, ErrorCode::kInvalid);
}

TEST_F(Tuning, QuotaThatIsUnlimitedIsLoweredUnderStress) {
  EXPECT_EQ(Now(*quota_), (Setting{{{"cpu_shares", "1024"}, {"vcpu_period", "100000"}, {"vcpu_quota", "-1"}}}));
  const Setting before = Now(*quota_);
  EXPECT_EQ(Proposed(*quota_, Direction::kStress, 0.2, "vcpu_quota"), "82000");
  const auto stress = quota_->Propose(target_, before, Direction::kStress, 0.6);
  ASSERT_TRUE(stress.ok());
  EXPECT_EQ(stress->values.at("vcpu_quota"), "46000");
  EXPECT_EQ(stress->values.at("cpu_shares"), "1024");
  ASSERT_TRUE(quota_->Apply(target_, *stress, Soon()).ok());
  ASSERT_TRUE(quota_->Apply(target_, before, Soon()).ok());
  EXPECT_EQ(Now(*quota_), before);
}

TEST_F(Tuning, SharesAreRaisedWhereThereIsNoQuota) {
  EXPECT_EQ(Proposed(*quota_, Direction::kRelieve, 0.5, "cpu_shares"), "1536");
  EXPECT_EQ(Proposed(*quota_, Direction::kRelieve, 0.5, "vcpu_quota"), "-1");
  config_.limits["cpu_quota"]["shares"] = {100, 1200};
  EXPECT_EQ(Proposed(*quota_, Direction::kRelieve, 1, "cpu_shares"), "1200");
  config_.limits.clear();
  const Setting before = Now(*quota_);
  const auto next = quota_->Propose(target_, before, Direction::kRelieve, 1);
  ASSERT_TRUE(next.ok());
  ASSERT_TRUE(quota_->Apply(target_, *next, Soon()).ok());
  EXPECT_EQ(Now(*quota_), *next);
  const auto changes = host_.Changes().size();
  ASSERT_TRUE(quota_->Apply(target_, *next, Soon()).ok());
  EXPECT_EQ(host_.Changes().size(), changes);
  ASSERT_TRUE(quota_->Apply(target_, before, Soon()).ok());
  EXPECT_EQ(Now(*quota_), before);
}

TEST_F(Tuning, SharesStopWhereTheKernelStops) {
  for (const auto& [now, next] : {std::pair{9000, "10000"}, {20000, "40000"}, {200000, "262144"}}) {
    ASSERT_TRUE(host_.SetScheduler(target_.uuid, {{"cpu_shares", now}}, Soon()).ok());
    EXPECT_EQ(Proposed(*quota_, Direction::kRelieve, 1, "cpu_shares"), next);
  }
  for (const int most : {10000, 262144}) {
    ASSERT_TRUE(host_.SetScheduler(target_.uuid, {{"cpu_shares", most}}, Soon()).ok());
    EXPECT_THAT(Proposed(*quota_, Direction::kRelieve, 1, ""), StartsWith("at_limit: "));
  }
  const Setting none{{{"vcpu_quota", "-1"}, {"vcpu_period", "100000"}}};
  EXPECT_THAT(quota_->Propose(target_, none, Direction::kRelieve, 1).error().message,
              StartsWith("no_quota_to_raise: "));
}

TEST_F(Tuning, QuotaIsRaisedWithinItsLimits) {
  ASSERT_TRUE(host_.SetScheduler(target_.uuid, {{"vcpu_quota", 40000}}, Soon()).ok());
  EXPECT_EQ(Proposed(*quota_, Direction::kRelieve, 0.5, "vcpu_quota"), "60000");
  EXPECT_EQ(Proposed(*quota_, Direction::kRelieve, 1, "vcpu_quota"), "80000");
  config_.limits["cpu_quota"]["ratio"] = {0.35, 0.5};
  EXPECT_EQ(Proposed(*quota_, Direction::kRelieve, 1, "vcpu_quota"), "50000");
  EXPECT_EQ(Proposed(*quota_, Direction::kStress, 1, "vcpu_quota"), "35000");
  config_.limits["cpu_quota"]["ratio"] = {0.4, 0.4};
  EXPECT_THAT(Proposed(*quota_, Direction::kRelieve, 1, ""), StartsWith("at_limit: "));
  EXPECT_THAT(Proposed(*quota_, Direction::kStress, 1, ""), StartsWith("at_limit: "));
}

TEST_F(Tuning, ErrorsOfTheHypervisorComeThrough) {
  const std::vector<std::pair<Actuator*, Setting>> all{{disk_.get(), {{{"vda.total_iops_sec", "9"}}}},
                                                       {memory_.get(), {{{"current_kib", "1024"}}}},
                                                       {quota_.get(), {{{"vcpu_quota", "5000"}}}}};
  for (const auto& [actuator, setting] : all) {
    host_.Break({ErrorCode::kUnavailable, "down"});
    EXPECT_EQ(actuator->Read(target_, Soon()).error().code, ErrorCode::kUnavailable);
    EXPECT_EQ(actuator->Apply(target_, setting, Soon()).error().code, ErrorCode::kUnavailable);
    host_.Mend();
    EXPECT_EQ(actuator->Read({"web-1", "gone", "host1"}, Soon()).error().code, ErrorCode::kNotFound);
    EXPECT_EQ(actuator->Apply({"web-1", target_.uuid, "host9"}, setting, Soon()).error().code, ErrorCode::kNotFound);
    host_.LoseNextAnswer();
    EXPECT_EQ(actuator->Apply(target_, setting, Soon()).error().code, ErrorCode::kTimeout);
    EXPECT_TRUE(actuator->Apply(target_, setting, Soon()).ok());  // what was lost is repeated without harm
  }
}

// The same change there and back, on real libvirt.
class RealDisk : public ::testing::TestWithParam<fakes::PrivateLibvirtd::Driver> {};

TEST_P(RealDisk, LimitsAreRaisedAndRestoredExactly) {
  auto daemon = fakes::PrivateLibvirtd::Start(GetParam());
  if (!daemon) GTEST_SKIP() << daemon.error().message;
  auto inventory = hypervisor::ConnectInventory({{"host1", (*daemon)->uri()}});
  const Target target{(*daemon)->domain(), (*daemon)->uuid(), "host1"};
  const auto disk = MakeDiskIo(inventory.get(), {});
  hypervisor::Parameters first{{"total_iops_sec", 100}};
  if (GetParam() == fakes::PrivateLibvirtd::Driver::kTest) first["total_iops_sec_max"] = 100;  // it insists
  ASSERT_TRUE(inventory->Find("host1")->SetBlockIoTune(target.uuid, "vda", first, Soon()).ok());

  const auto before = disk->Read(target, Soon());
  ASSERT_TRUE(before.ok()) << before.error().message;
  const auto next = disk->Propose(target, *before, Direction::kRelieve, 1);
  ASSERT_TRUE(next.ok()) << next.error().message;
  const auto applied = disk->Apply(target, *next, Soon());
  ASSERT_TRUE(applied.ok()) << applied.error().message;
  EXPECT_EQ(disk->Read(target, Soon())->values.at("vda.total_iops_sec"), "200");
  ASSERT_TRUE(disk->Apply(target, *before, Soon()).ok());
  EXPECT_EQ(*disk->Read(target, Soon()), *before);
  ASSERT_TRUE(disk->Apply(target, {}, Soon()).ok());
  EXPECT_EQ(*disk->Read(target, Soon()), Setting{});
}

INSTANTIATE_TEST_SUITE_P(
    Drivers, RealDisk, ::testing::Values(fakes::PrivateLibvirtd::Driver::kTest, fakes::PrivateLibvirtd::Driver::kQemu),
    [](const auto& driver) { return driver.param == fakes::PrivateLibvirtd::Driver::kTest ? "TestDriver" : "Qemu"; });

}  // namespace
}  // namespace forewarn::actuators
