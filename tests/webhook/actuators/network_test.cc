// SPDX-License-Identifier: Apache-2.0
#include "webhook/actuators/network.h"

#include <gmock/gmock.h>

#include "tests/fakes/private_libvirtd.h"
#include "tests/webhook/actuators/one_domain.h"
#include "tests/webhook/actuators/wait_until.h"
#include "webhook/actuators/marker.h"

namespace forewarn::actuators {
namespace {

using base::ErrorCode;
using ::testing::IsEmpty;
using ::testing::StartsWith;

constexpr const char* kMac = "52:54:00:00:00:01";

std::string Key(const std::string& part) { return std::string(kMac) + " " + part; }

class Networks : public OneDomain {
 protected:
  void Limit(const hypervisor::Parameters& limits) {
    ASSERT_TRUE(host_.SetBandwidth(target_.uuid, kMac, limits, Soon()).ok());
  }
  std::unique_ptr<Actuator> network_ = MakeNetwork(&inventory_, Lookup());
};

TEST_F(Networks, WithoutLimitsHaveNothingToRaise) {
  EXPECT_EQ(Now(*network_), (Setting{{{Key("link"), "up"}}}));
  EXPECT_THAT(Proposed(*network_, Direction::kRelieve, 1, ""), StartsWith("no_limit_to_raise: "));
}

TEST_F(Networks, LimitsAreRaisedWithTheirBurstsAndRestoredExactly) {
  Limit({{"inbound.average", 1000}, {"inbound.peak", 2000}, {"inbound.burst", 512}, {"outbound.average", 300}});
  const Setting before = Now(*network_);
  const auto next = network_->Propose(target_, before, Direction::kRelieve, 0.5);
  ASSERT_TRUE(next.ok()) << next.error().message;
  EXPECT_EQ(*next, (Setting{{{Key("inbound.average"), "1500"},
                             {Key("inbound.burst"), "768"},
                             {Key("inbound.peak"), "3000"},
                             {Key("link"), "up"},
                             {Key("outbound.average"), "450"}}}));
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(network_->Apply(target_, *next, Soon()).ok());
  EXPECT_EQ(Now(*network_), *next);
  EXPECT_EQ(host_.Changes().size(), 2u);  // the test's own, and one
  ASSERT_TRUE(network_->Apply(target_, before, Soon()).ok());
  EXPECT_EQ(Now(*network_), before);
}

TEST_F(Networks, StayWithinTheirLimits) {
  Limit({{"inbound.average", 1000}});
  config_.limits["network"]["average"] = {100, 1200};
  EXPECT_EQ(Proposed(*network_, Direction::kRelieve, 1, Key("inbound.average")), "1200");
  config_.limits["network"]["average"] = {100, 900};
  EXPECT_THAT(Proposed(*network_, Direction::kRelieve, 1, ""), StartsWith("at_limit: "));
}

constexpr std::chrono::milliseconds kLong{20000};
const Setting kUp{{{Key("link"), "up"}}}, kDown{{{Key("link"), "down"}}}, kMild{{{Key("link"), "flap 180/1000"}}};

TEST_F(Networks, LinksFlapUnderStressAndAreUpAgain) {
  EXPECT_EQ(Proposed(*network_, Direction::kStress, 1, Key("link")), "flap 900/1000");
  EXPECT_EQ(Proposed(*network_, Direction::kStress, 0.2, Key("link")), "flap 180/1000");
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(network_->Apply(target_, kMild, Soon()).ok());
  const auto other = MakeNetwork(&inventory_, Lookup());  // who doesn't know of the pulses sees them
  for (const Setting& seen : {kDown, kUp, kDown}) {
    EXPECT_TRUE(WaitUntil(kLong, [&] { return Now(*other) == seen; })) << ToText(seen);
    EXPECT_EQ(Now(*network_), kMild);
  }
  EXPECT_THAT(Proposed(*network_, Direction::kStress, 1, ""), StartsWith("no_link_to_cut: "));
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(network_->Apply(target_, kUp, Soon()).ok());
  EXPECT_EQ(Now(*network_), kUp);
  EXPECT_EQ(Now(*other), kUp);
}

TEST_F(Networks, LinksThatAreDownStayDown) {
  ASSERT_TRUE(network_->Apply(target_, kDown, Soon()).ok());
  EXPECT_THAT(Proposed(*network_, Direction::kStress, 1, ""), StartsWith("no_link_to_cut: "));
  ASSERT_TRUE(network_->Apply(target_, kUp, Soon()).ok());
}

TEST_F(Networks, PulsesLeaveTheLinkUpWhenTheyEndWithTheirObject) {
  ASSERT_TRUE(network_->Apply(target_, kMild, Soon()).ok());
  network_.reset();
  EXPECT_EQ(Now(*MakeNetwork(&inventory_, Lookup())), kUp);
}

TEST_F(Networks, PulsesEndWhereAnotherProcessHasUndoneThem) {
  Markers markers(&inventory_);
  const Marker marker{"c-1", "network", kUp, base::SystemClock().Now() + std::chrono::minutes(1)};
  ASSERT_TRUE(markers.Put(target_, marker, Soon()).ok());
  ASSERT_TRUE(network_->Apply(target_, kMild, Soon()).ok());
  const auto reverter = MakeNetwork(&inventory_, Lookup());
  ASSERT_TRUE(reverter->Apply(target_, markers.Get(target_, "network", Soon()).value()->previous, Soon()).ok());
  ASSERT_TRUE(markers.Remove(target_, "network", 0, Soon()).ok());
  EXPECT_TRUE(WaitUntil(kLong, [&] { return Now(*network_) == kUp; }));
  EXPECT_EQ(Now(*reverter), kUp);
}

TEST_F(Networks, PulsesThatCannotBeginChangeNothing) {
  ASSERT_TRUE(host_.Shutdown(target_.uuid, Soon()).ok());
  EXPECT_EQ(network_->Apply(target_, kMild, Soon()).error().code, ErrorCode::kConflict);
  EXPECT_EQ(Now(*network_), kUp);
  EXPECT_EQ(network_->Apply(target_, {{{Key("link"), "flap 0/1000"}}}, Soon()).error().code, ErrorCode::kInvalid);
}

TEST_F(Networks, AKernelThatCannotLimitIsARefusalThatChangesNothing) {
  host_.SetBandwidthControl(false);
  const Setting both{{{Key("link"), "down"}, {Key("inbound.average"), "100"}}};
  const auto refused = network_->Apply(target_, both, Soon());
  EXPECT_EQ(refused.error().code, ErrorCode::kUnsupported);
  EXPECT_THAT(refused.error().message, StartsWith("no_bandwidth_control: "));
  EXPECT_THAT(host_.Changes(), IsEmpty());
}

TEST_F(Networks, RefuseSettingsOfSomethingElse) {
  for (const char* key : {"link", "52:54:00:00:00:01 floor", "52:54:00:00:00:01 inbound.average"}) {
    EXPECT_EQ(network_->Apply(target_, {{{key, "-5"}}}, Soon()).error().code, ErrorCode::kInvalid) << key;
  }
  EXPECT_EQ(network_->Apply(target_, {{{"52:54:00:00:00:09 link", "up"}}}, Soon()).error().code, ErrorCode::kNotFound);
  EXPECT_THAT(host_.Changes(), IsEmpty());
}

TEST(RealNetwork, LinkFlapsAndIsRestoredUnderQemu) {
  auto daemon = fakes::PrivateLibvirtd::Start(fakes::PrivateLibvirtd::Driver::kQemu);
  if (!daemon) GTEST_SKIP() << daemon.error().message;
  auto inventory = hypervisor::ConnectInventory({{"host1", (*daemon)->uri()}});
  const Target target{(*daemon)->domain(), (*daemon)->uuid(), "host1"};
  const auto network = MakeNetwork(inventory.get(), {});
  const auto before = network->Read(target, Soon());
  ASSERT_TRUE(before.ok()) << before.error().message;
  const auto flap = network->Propose(target, *before, Direction::kStress, 0.6);
  ASSERT_TRUE(flap.ok()) << flap.error().message;
  const auto applied = network->Apply(target, *flap, Soon());
  ASSERT_TRUE(applied.ok()) << applied.error().message;
  EXPECT_EQ(*network->Read(target, Soon()), *flap);
  hypervisor::Hypervisor& host = *inventory->Find("host1");
  for (const auto link : {hypervisor::Link::kDown, hypervisor::Link::kUp, hypervisor::Link::kDown}) {
    EXPECT_TRUE(WaitUntil(kLong, [&] { return host.Interfaces(target.uuid, Soon())->front().link == link; }));
  }
  ASSERT_TRUE(network->Apply(target, *before, Soon()).ok());
  EXPECT_EQ(*network->Read(target, Soon()), *before);
}

// Its driver takes any bandwidth.
TEST(RealNetwork, BandwidthIsRaisedAndRestoredUnderLibvirtsTestDriver) {
  auto daemon = fakes::PrivateLibvirtd::Start(fakes::PrivateLibvirtd::Driver::kTest);
  if (!daemon) GTEST_SKIP() << daemon.error().message;
  auto inventory = hypervisor::ConnectInventory({{"host1", (*daemon)->uri()}});
  const Target target{(*daemon)->domain(), (*daemon)->uuid(), "host1"};
  hypervisor::Hypervisor& host = *inventory->Find("host1");
  const std::string mac = host.Interfaces(target.uuid, Soon())->front().mac;
  ASSERT_TRUE(host.SetBandwidth(target.uuid, mac, {{"outbound.average", 500}, {"outbound.peak", 700}}, Soon()).ok());
  const auto network = MakeNetwork(inventory.get(), {});
  const auto before = network->Read(target, Soon());
  ASSERT_TRUE(before.ok()) << before.error().message;
  const auto next = network->Propose(target, *before, Direction::kRelieve, 1);
  ASSERT_TRUE(next.ok()) << next.error().message;
  EXPECT_EQ(next->values.at(mac + " outbound.average"), "1000");
  const auto applied = network->Apply(target, *next, Soon());
  ASSERT_TRUE(applied.ok()) << applied.error().message;
  EXPECT_EQ(*network->Read(target, Soon()), *next);
  ASSERT_TRUE(network->Apply(target, *before, Soon()).ok());
  EXPECT_EQ(*network->Read(target, Soon()), *before);
}

}  // namespace
}  // namespace forewarn::actuators
