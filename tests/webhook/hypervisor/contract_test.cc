// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "tests/fakes/fake_hypervisor.h"
#include "tests/fakes/private_libvirtd.h"
#include "webhook/hypervisor/hypervisor.h"

// What every Hypervisor promises, asked of the one in memory, of libvirt's test driver and of real QEMU.
namespace forewarn::hypervisor {
namespace {

using base::ErrorCode;
using fakes::PrivateLibvirtd;
using ::testing::Contains;
using ::testing::HasSubstr;

base::Deadline Soon() { return base::Deadline::After(std::chrono::seconds(20)); }

constexpr const char* kNobody = "00000000-1111-4222-8333-444444444444";
constexpr const char* kUri = "urn:forewarn:change:disk_io";

enum class Kind { kFake, kTestDriver, kQemu };

class HypervisorContract : public ::testing::TestWithParam<Kind> {
 protected:
  void SetUp() override {
    if (GetParam() == Kind::kFake) {
      name_ = "web-1";
      uuid_ = fake_.Add(name_);
      hypervisor_ = &fake_;
      return;
    }
    const auto driver = GetParam() == Kind::kQemu ? PrivateLibvirtd::Driver::kQemu : PrivateLibvirtd::Driver::kTest;
    auto started = PrivateLibvirtd::Start(driver);
    if (!started) GTEST_SKIP() << started.error().message;
    libvirtd_ = std::move(*started);
    name_ = libvirtd_->domain();
    uuid_ = libvirtd_->uuid();
    inventory_ = ConnectInventory({{"host1", libvirtd_->uri()}});
    hypervisor_ = inventory_->Find("host1");
  }

  Hypervisor& it() { return *hypervisor_; }
  void WithoutAgent() {
    if (GetParam() == Kind::kFake) fake_.SetAgent(uuid_, false);
  }
  DomainState StateNow() {
    auto state = it().State(uuid_, Soon());
    return state ? *state : DomainState::kOther;
  }
  std::string MetadataNow(const std::string& uri) {
    auto xml = it().Metadata(uuid_, uri, Soon());
    if (!xml) return "error: " + xml.error().message;
    return xml->value_or("none");
  }

  std::string name_, uuid_;

 private:
  fakes::FakeHypervisor fake_{"host1"};
  std::unique_ptr<PrivateLibvirtd> libvirtd_;
  std::unique_ptr<Inventory> inventory_;
  Hypervisor* hypervisor_ = nullptr;
};

#define ASSERT_DONE(call)                                            \
  do {                                                               \
    const auto done = (call);                                        \
    ASSERT_TRUE(done.ok()) << #call << ": " << done.error().message; \
  } while (false)

TEST_P(HypervisorContract, FindsNotesInMetadata) {
  const auto uris = [&] {
    auto all = it().Notes("urn:forewarn:change:", Soon());
    EXPECT_TRUE(all.ok()) << all.error().message;
    EXPECT_EQ(all->at(0).uuid, uuid_);
    return all->at(0).uris;
  };
  EXPECT_EQ(uris(), std::vector<std::string>());
  ASSERT_DONE(it().SetMetadata(uuid_, kUri, "<change id='1'/>", Soon()));
  ASSERT_DONE(it().SetMetadata(uuid_, "urn:other", "<change id='1'/>", Soon()));
  EXPECT_EQ(uris(), std::vector<std::string>{kUri});
  ASSERT_DONE(it().SetMetadata(uuid_, kUri, std::nullopt, Soon()));
  EXPECT_EQ(uris(), std::vector<std::string>());
}

TEST_P(HypervisorContract, ListsItsDomains) {
  const auto domains = it().Domains(Soon());
  ASSERT_TRUE(domains.ok()) << domains.error().message;
  ASSERT_EQ(domains->size(), 1u);
  EXPECT_EQ(domains->front().name, name_);
  EXPECT_EQ(domains->front().uuid, uuid_);
  EXPECT_EQ(domains->front().hypervisor, "host1");
  EXPECT_EQ(domains->front().state, DomainState::kRunning);
}

TEST_P(HypervisorContract, AnUnknownDomainIsNotFound) {
  EXPECT_EQ(it().State(kNobody, Soon()).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(it().Start(kNobody, Soon()).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(it().MemoryOf(kNobody, Soon()).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(it().Metadata(kNobody, kUri, Soon()).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(it().SetMetadata(kNobody, kUri, std::nullopt, Soon()).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(it().SetBlockIoTune(kNobody, "vda", {}, Soon()).error().code, ErrorCode::kNotFound);
}

TEST_P(HypervisorContract, WhatIsNoUuidIsAnError) {
  for (const char* id : {"1", "", "--all", "vm1; rm", "../vm1"}) {
    EXPECT_FALSE(it().State(id, Soon()).ok()) << id;
    EXPECT_FALSE(it().Shutdown(id, Soon()).ok()) << id;
  }
  EXPECT_EQ(StateNow(), DomainState::kRunning);
}

TEST_P(HypervisorContract, NamesDisks) {
  const auto disks = it().Disks(uuid_, Soon());
  ASSERT_TRUE(disks.ok()) << disks.error().message;
  EXPECT_EQ(*disks, std::vector<std::string>{"vda"});
}

TEST_P(HypervisorContract, DiskLimitsAreSetReadBackAndTakenAway) {
  const auto before = it().BlockIoTune(uuid_, "vda", Soon());
  ASSERT_TRUE(before.ok()) << before.error().message;
  EXPECT_EQ(before->at("total_iops_sec"), 0);

  ASSERT_DONE(it().SetBlockIoTune(
      uuid_, "vda", {{"total_iops_sec", 100}, {"total_iops_sec_max", 200}, {"total_iops_sec_max_length", 3}}, Soon()));
  auto limited = it().BlockIoTune(uuid_, "vda", Soon());
  ASSERT_TRUE(limited.ok());
  EXPECT_EQ(limited->at("total_iops_sec"), 100);
  EXPECT_EQ(limited->at("total_iops_sec_max"), 200);
  EXPECT_EQ(limited->at("total_iops_sec_max_length"), 3);

  ASSERT_DONE(it().SetBlockIoTune(
      uuid_, "vda", {{"total_iops_sec", 0}, {"total_iops_sec_max", 0}, {"total_iops_sec_max_length", 0}}, Soon()));
  EXPECT_EQ(it().BlockIoTune(uuid_, "vda", Soon())->at("total_iops_sec"), 0);
}

TEST_P(HypervisorContract, ContradictingDiskLimitsAreRefusedAndChangeNothing) {
  EXPECT_FALSE(
      it().SetBlockIoTune(
              uuid_, "vda",
              {{"total_iops_sec", 100}, {"total_iops_sec_max", 200}, {"read_iops_sec", 50}, {"read_iops_sec_max", 50}},
              Soon())
          .ok());
  if (GetParam() != Kind::kTestDriver) {  // which takes a burst's length without a burst
    EXPECT_FALSE(it().SetBlockIoTune(uuid_, "vda", {{"total_iops_sec_max_length", 5}}, Soon()).ok());
  }
  EXPECT_EQ(it().BlockIoTune(uuid_, "vda", Soon())->at("total_iops_sec"), 0);
}

TEST_P(HypervisorContract, UnknownDisksAndParametersAreRefused) {
  EXPECT_FALSE(it().BlockIoTune(uuid_, "vdz", Soon()).ok());
  EXPECT_EQ(it().SetBlockIoTune(uuid_, "vda", {{"total_miops_sec", 1}}, Soon()).error().code, ErrorCode::kUnsupported);
}

TEST_P(HypervisorContract, SchedulerIsReadOrSaidToBeUnsupported) {
  const auto scheduler = it().Scheduler(uuid_, Soon());
  if (scheduler) {
    EXPECT_FALSE(scheduler->empty());
    EXPECT_EQ(it().SetScheduler(uuid_, {{"no_such_parameter", 1}}, Soon()).error().code, ErrorCode::kUnsupported);
  } else {
    EXPECT_EQ(scheduler.error().code, ErrorCode::kUnsupported) << scheduler.error().message;
  }
}

TEST_P(HypervisorContract, LifecycleIsIdempotent) {
  for (int i = 0; i < 2; ++i) ASSERT_DONE(it().Suspend(uuid_, Soon()));
  EXPECT_EQ(StateNow(), DomainState::kPaused);
  for (int i = 0; i < 2; ++i) ASSERT_DONE(it().Resume(uuid_, Soon()));
  EXPECT_EQ(StateNow(), DomainState::kRunning);
  for (int i = 0; i < 2; ++i) ASSERT_DONE(it().Shutdown(uuid_, Soon()));
  EXPECT_EQ(StateNow(), DomainState::kShutOff);
  EXPECT_EQ(it().Resume(uuid_, Soon()).error().code, ErrorCode::kConflict);
  EXPECT_EQ(it().Suspend(uuid_, Soon()).error().code, ErrorCode::kConflict);
  for (int i = 0; i < 2; ++i) ASSERT_DONE(it().Start(uuid_, Soon()));
  EXPECT_EQ(StateNow(), DomainState::kRunning);
}

TEST_P(HypervisorContract, MetadataIsKeptPerUri) {
  const std::string other = "urn:forewarn:change:memory";
  EXPECT_EQ(MetadataNow(kUri), "none");
  ASSERT_DONE(it().SetMetadata(uuid_, kUri, std::nullopt, Soon()));  // nothing to remove is no error

  ASSERT_DONE(it().SetMetadata(uuid_, kUri, "<change id=\"a&#34;b\"/>", Soon()));
  ASSERT_DONE(it().SetMetadata(uuid_, other, "<change id=\"2\"/>", Soon()));
  EXPECT_THAT(MetadataNow(kUri), HasSubstr("id=\"a"));
  ASSERT_DONE(it().SetMetadata(uuid_, kUri, "<change id=\"3\"/>", Soon()));
  EXPECT_THAT(MetadataNow(kUri), HasSubstr("id=\"3\""));
  EXPECT_THAT(MetadataNow(other), HasSubstr("id=\"2\""));

  ASSERT_DONE(it().SetMetadata(uuid_, kUri, std::nullopt, Soon()));
  EXPECT_EQ(MetadataNow(kUri), "none");
  EXPECT_THAT(MetadataNow(other), HasSubstr("id=\"2\""));
}

TEST_P(HypervisorContract, MetadataThatIsNoXmlIsRefused) {
  EXPECT_EQ(it().SetMetadata(uuid_, kUri, "not xml", Soon()).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(MetadataNow(kUri), "none");
}

TEST_P(HypervisorContract, LiveValuesVanishWithTheRun) {
  ASSERT_DONE(it().SetMetadata(uuid_, kUri, "<change id=\"1\"/>", Soon()));
  ASSERT_DONE(it().SetBlockIoTune(uuid_, "vda", {{"total_iops_sec", 100}, {"total_iops_sec_max", 100}}, Soon()));
  ASSERT_DONE(it().Shutdown(uuid_, Soon()));
  ASSERT_DONE(it().Start(uuid_, Soon()));
  EXPECT_EQ(MetadataNow(kUri), "none");
  EXPECT_EQ(it().BlockIoTune(uuid_, "vda", Soon())->at("total_iops_sec"), 0);
}

TEST_P(HypervisorContract, ValuesOfAStoppedDomainAreItsConfiguration) {
  ASSERT_DONE(it().Shutdown(uuid_, Soon()));
  ASSERT_DONE(it().SetMetadata(uuid_, kUri, "<change id=\"1\"/>", Soon()));
  ASSERT_DONE(it().Start(uuid_, Soon()));
  EXPECT_THAT(MetadataNow(kUri), HasSubstr("id=\"1\""));
}

TEST_P(HypervisorContract, MemoryStaysBelowItsMaximum) {
  ASSERT_DONE(it().Shutdown(uuid_, Soon()));
  const auto before = it().MemoryOf(uuid_, Soon());
  ASSERT_TRUE(before.ok());
  ASSERT_GT(before->maximum_kib, 0u);
  ASSERT_DONE(it().SetMemory(uuid_, before->maximum_kib / 2, Soon()));
  EXPECT_EQ(it().MemoryOf(uuid_, Soon())->current_kib, before->maximum_kib / 2);
  EXPECT_FALSE(it().SetMemory(uuid_, before->maximum_kib + 1024, Soon()).ok());
  EXPECT_EQ(it().MemoryOf(uuid_, Soon())->current_kib, before->maximum_kib / 2);
}

TEST_P(HypervisorContract, VcpusArePluggedButNeverUnplugged) {
  const auto before = it().VcpusOf(uuid_, Soon());
  ASSERT_TRUE(before.ok()) << before.error().message;
  ASSERT_GE(before->plugged, 1u);
  const bool room = before->plugged < before->maximum;
  if (room) ASSERT_DONE(it().PlugVcpus(uuid_, before->plugged + 1, Soon()));
  const unsigned plugged = before->plugged + (room ? 1 : 0);
  EXPECT_EQ(it().VcpusOf(uuid_, Soon())->plugged, plugged);
  ASSERT_DONE(it().PlugVcpus(uuid_, plugged, Soon()));
  EXPECT_EQ(it().PlugVcpus(uuid_, plugged - 1, Soon()).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(it().PlugVcpus(uuid_, before->maximum + 1, Soon()).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(it().VcpusOf(uuid_, Soon())->plugged, plugged);
  EXPECT_EQ(it().VcpusOf(uuid_, Soon())->maximum, before->maximum);
}

TEST_P(HypervisorContract, AGuestWithoutAnAgentIsUnsupported) {
  WithoutAgent();
  EXPECT_EQ(it().OnlineVcpus(uuid_, Soon()).error().code, ErrorCode::kUnsupported)
      << it().OnlineVcpus(uuid_, Soon()).error().message;
  EXPECT_EQ(it().SetOnlineVcpus(uuid_, 1, Soon()).error().code, ErrorCode::kUnsupported)
      << it().SetOnlineVcpus(uuid_, 1, Soon()).error().message;
}

TEST_P(HypervisorContract, UseOfDisksOnlyGrows) {
  const auto first = it().DiskUseOf(uuid_, Soon());
  ASSERT_TRUE(first.ok()) << first.error().message;
  const auto second = it().DiskUseOf(uuid_, Soon());
  ASSERT_TRUE(second.ok());
  EXPECT_GE(second->requests, first->requests);
  EXPECT_GE(second->bytes, first->bytes);
}

TEST_P(HypervisorContract, LinksGoDownAndUp) {
  const auto interfaces = it().Interfaces(uuid_, Soon());
  ASSERT_TRUE(interfaces.ok()) << interfaces.error().message;
  ASSERT_EQ(interfaces->size(), 1u);
  EXPECT_EQ(interfaces->front().link, Link::kUp);
  const std::string mac = interfaces->front().mac;
  EXPECT_FALSE(it().SetLink(uuid_, "52:54:00:00:00:99", Link::kDown, Soon()).ok());
  const auto down = it().SetLink(uuid_, mac, Link::kDown, Soon());
  if (GetParam() == Kind::kTestDriver) {
    EXPECT_EQ(down.error().code, ErrorCode::kUnsupported) << down.error().message;
    return;
  }
  ASSERT_TRUE(down.ok()) << down.error().message;
  EXPECT_EQ(it().Interfaces(uuid_, Soon())->front().link, Link::kDown);
  for (int i = 0; i < 2; ++i) ASSERT_DONE(it().SetLink(uuid_, mac, Link::kUp, Soon()));
  EXPECT_EQ(it().Interfaces(uuid_, Soon())->front().link, Link::kUp);
}

TEST_P(HypervisorContract, BandwidthIsSetReadBackAndTakenAwayOrUnsupported) {
  const auto interfaces = it().Interfaces(uuid_, Soon());
  ASSERT_TRUE(interfaces.ok());
  const std::string mac = interfaces->front().mac;
  EXPECT_FALSE(it().Bandwidth(uuid_, "52:54:00:00:00:99", Soon()).ok());
  const auto before = it().Bandwidth(uuid_, mac, Soon());
  ASSERT_TRUE(before.ok()) << before.error().message;
  EXPECT_EQ(before->at("inbound.average"), 0);
  const auto set = it().SetBandwidth(uuid_, mac, {{"inbound.average", 1000}, {"inbound.peak", 2000}}, Soon());
  if (!set) {  // this kernel can't, or QEMU's own network
    EXPECT_EQ(set.error().code, ErrorCode::kUnsupported) << set.error().message;
    EXPECT_EQ(it().Bandwidth(uuid_, mac, Soon())->at("inbound.average"), 0);
    return;
  }
  EXPECT_EQ(it().Bandwidth(uuid_, mac, Soon())->at("inbound.average"), 1000);
  EXPECT_EQ(it().Bandwidth(uuid_, mac, Soon())->at("inbound.peak"), 2000);
  ASSERT_DONE(it().SetBandwidth(uuid_, mac, {{"inbound.average", 0}, {"inbound.peak", 0}}, Soon()));
  EXPECT_EQ(it().Bandwidth(uuid_, mac, Soon())->at("inbound.average"), 0);
}

TEST_P(HypervisorContract, AResetLeavesItRunningWithItsLiveValues) {
  ASSERT_DONE(it().SetMetadata(uuid_, kUri, "<change id=\"1\"/>", Soon()));
  ASSERT_DONE(it().Reset(uuid_, Soon()));
  EXPECT_EQ(StateNow(), DomainState::kRunning);
  EXPECT_THAT(MetadataNow(kUri), HasSubstr("id=\"1\""));
  ASSERT_DONE(it().Shutdown(uuid_, Soon()));
  EXPECT_EQ(it().Reset(uuid_, Soon()).error().code, ErrorCode::kConflict);
}

TEST_P(HypervisorContract, SaysWhatTheHostHas) {
  const auto capacity = it().CapacityNow(Soon());
  if (GetParam() == Kind::kTestDriver && !capacity) {
    EXPECT_EQ(capacity.error().code, ErrorCode::kUnsupported) << capacity.error().message;
    return;
  }
  ASSERT_TRUE(capacity.ok()) << capacity.error().message;
  EXPECT_GE(capacity->cpus, 1u);
  EXPECT_GE(capacity->vcpus, 1u);
  EXPECT_GT(capacity->free_kib, 0u);
}

std::string KindName(const ::testing::TestParamInfo<Kind>& info) {
  switch (info.param) {
    case Kind::kFake:
      return "Fake";
    case Kind::kTestDriver:
      return "TestDriver";
    case Kind::kQemu:
      return "Qemu";
  }
  return "";
}

INSTANTIATE_TEST_SUITE_P(Hypervisors, HypervisorContract,
                         ::testing::Values(Kind::kFake, Kind::kTestDriver, Kind::kQemu), KindName);

}  // namespace
}  // namespace forewarn::hypervisor
