// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <thread>
#include <vector>

#include "tests/fakes/private_libvirtd.h"
#include "webhook/hypervisor/hypervisor.h"

// What happens to us when libvirtd dies, hangs, or was never there.
namespace forewarn::hypervisor {
namespace {

using base::ErrorCode;
using fakes::PrivateLibvirtd;
using std::chrono::milliseconds;
using std::chrono::seconds;

base::Deadline Soon() { return base::Deadline::After(seconds(20)); }

bool Eventually(const std::function<bool()>& condition) {
  for (const auto deadline = Soon(); !deadline.Passed();) {
    if (condition()) return true;
    std::this_thread::sleep_for(milliseconds(20));
  }
  return false;
}

class Recovery : public ::testing::Test {
 protected:
  void SetUp() override {
    auto started = PrivateLibvirtd::Start(PrivateLibvirtd::Driver::kTest);
    if (!started) GTEST_SKIP() << started.error().message;
    daemon_ = std::move(*started);
    // In this process, so that nothing can happen to it.
    inventory_ = ConnectInventory({{"private", daemon_->uri()}, {"sound", "test:///default"}});
  }

  Hypervisor& it() { return *inventory_->Find("private"); }
  Hypervisor& other() { return *inventory_->Find("sound"); }
  Inventory::Health HealthNow() { return inventory_->State().front(); }

  std::unique_ptr<PrivateLibvirtd> daemon_;
  std::unique_ptr<Inventory> inventory_;
};

TEST_F(Recovery, ConnectsAtTheFirstCallOnly) {
  EXPECT_FALSE(HealthNow().connected);
  EXPECT_TRUE(it().Domains(Soon()).ok());
  EXPECT_TRUE(HealthNow().connected);
  EXPECT_EQ(HealthNow().reconnects, 0u);
}

TEST_F(Recovery, CallsRecoverAfterLibvirtdWasKilledAndStartedAgain) {
  ASSERT_TRUE(it().Domains(Soon()).ok());
  for (std::uint64_t round = 1; round <= 3; ++round) {
    ASSERT_TRUE(daemon_->KillAndRestart().ok());
    EXPECT_TRUE(Eventually([&] { return it().State(daemon_->uuid(), Soon()).ok(); }));
    EXPECT_EQ(HealthNow().reconnects, round);
  }
  EXPECT_TRUE(it().Suspend(daemon_->uuid(), Soon()).ok());
}

TEST_F(Recovery, ADeadLibvirtdIsUnavailableAndLeavesOthersAlone) {
  ASSERT_TRUE(it().Domains(Soon()).ok());
  daemon_.reset();
  EXPECT_TRUE(Eventually([&] { return !HealthNow().connected || !it().Domains(Soon()).ok(); }));
  EXPECT_EQ(it().Domains(Soon()).error().code, ErrorCode::kUnavailable);
  EXPECT_FALSE(HealthNow().connected);
  EXPECT_TRUE(other().Domains(Soon()).ok());
}

TEST_F(Recovery, AHangingLibvirtdIsATimeoutAndLeavesOthersAlone) {
  ASSERT_TRUE(it().Domains(Soon()).ok());
  daemon_->Stop();
  EXPECT_EQ(it().Domains(base::Deadline::After(milliseconds(200))).error().code, ErrorCode::kTimeout);
  EXPECT_EQ(HealthNow().timeouts, 1u);
  EXPECT_TRUE(other().Domains(Soon()).ok());

  daemon_->Continue();
  EXPECT_TRUE(Eventually([&] { return it().Domains(base::Deadline::After(seconds(5))).ok(); }));
  EXPECT_EQ(HealthNow().reconnects, 1u);
}

TEST_F(Recovery, HangingCallsDontPileUpThreadsForEver) {
  ASSERT_TRUE(it().Domains(Soon()).ok());
  daemon_->Stop();
  const auto brief = [] { return base::Deadline::After(milliseconds(50)); };
  EXPECT_TRUE(Eventually([&] {
    const auto asked = it().Domains(brief());
    return !asked && asked.error().code == ErrorCode::kUnavailable && HealthNow().timeouts >= 4;
  }));
  EXPECT_LE(HealthNow().timeouts, 5u);
  daemon_->Continue();
  EXPECT_TRUE(Eventually([&] { return it().Domains(base::Deadline::After(seconds(5))).ok(); }));
}

TEST_F(Recovery, ManyCallersOfAHangingLibvirtdAllGetAnAnswer) {
  ASSERT_TRUE(it().Domains(Soon()).ok());
  daemon_->Stop();
  std::vector<std::thread> callers;
  for (int i = 0; i < 4; ++i) {
    callers.emplace_back([&] {
      const auto asked = it().Domains(base::Deadline::After(milliseconds(300)));
      ASSERT_FALSE(asked.ok());
      const auto code = asked.error().code;
      EXPECT_TRUE(code == ErrorCode::kTimeout || code == ErrorCode::kUnavailable) << asked.error().message;
    });
  }
  for (auto& caller : callers) caller.join();
  daemon_->Continue();
  EXPECT_TRUE(Eventually([&] { return it().Domains(base::Deadline::After(seconds(5))).ok(); }));
}

TEST_F(Recovery, ResolvesWhileOneHypervisorHangs) {
  daemon_->Stop();
  const auto domain = inventory_->Resolve("test", base::Deadline::After(milliseconds(600)));
  ASSERT_TRUE(domain.ok()) << domain.error().message;  // running on the other one
  EXPECT_EQ(domain->hypervisor, "sound");
  const auto nobody = inventory_->Resolve("nobody", base::Deadline::After(milliseconds(600)));
  EXPECT_EQ(nobody.error().code, ErrorCode::kUnavailable);
  daemon_->Continue();
}

TEST_F(Recovery, TwoActiveDomainsOfOneNameAreAConflict) {
  EXPECT_EQ(inventory_->Resolve("test", Soon()).error().code, ErrorCode::kConflict);
  EXPECT_EQ(inventory_->Resolve("tes", Soon()).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(inventory_->Resolve("1", Soon()).error().code, ErrorCode::kNotFound);  // no numeric ids
}

TEST(Unreachable, IsUnavailableAtOnceAndEverAgain) {
  auto inventory = ConnectInventory({{"nowhere", "test+unix:///default?socket=/nonexistent/libvirt-sock"}});
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(inventory->Find("nowhere")->Domains(Soon()).error().code, ErrorCode::kUnavailable);
  }
  EXPECT_FALSE(inventory->State().front().connected);
  EXPECT_EQ(inventory->Find("elsewhere"), nullptr);
}

TEST(Unreachable, ManyCallersShareOneConnection) {
  auto inventory = ConnectInventory({{"here", "test:///default"}});
  std::vector<std::thread> callers;
  for (int i = 0; i < 8; ++i) {
    callers.emplace_back([&] {
      for (int k = 0; k < 50; ++k) EXPECT_TRUE(inventory->Find("here")->Domains(Soon()).ok());
    });
  }
  for (auto& caller : callers) caller.join();
  EXPECT_EQ(inventory->State().front().reconnects, 0u);
}

}  // namespace
}  // namespace forewarn::hypervisor
