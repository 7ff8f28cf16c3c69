// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <libvirt/virterror.h>

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <thread>

#include "webhook/hypervisor/domain_xml.h"
#include "webhook/hypervisor/libvirt_error.h"
#include "webhook/hypervisor/libvirt_hypervisor.h"
#include "webhook/hypervisor/resolve.h"
#include "webhook/hypervisor/worker.h"

namespace forewarn::hypervisor {
namespace {

using base::Error;
using base::ErrorCode;
using Answers = std::vector<base::Result<std::optional<Domain>>>;

using Answer = base::Result<std::optional<Domain>>;

Answer On(const std::string& host, DomainState state) {
  return std::optional<Domain>(Domain{"web", "uuid-" + host, host, state});
}
const Answer kNone = std::optional<Domain>();
const Answer kSilent = Error{ErrorCode::kUnavailable, "host3 is silent"};

TEST(Choose, TakesTheOneThatThereIs) {
  EXPECT_EQ(Choose("web", {On("a", DomainState::kRunning), kNone})->hypervisor, "a");
  EXPECT_EQ(Choose("web", {kNone, On("b", DomainState::kShutOff)})->hypervisor, "b");
  EXPECT_EQ(Choose("web", {kNone, kNone}).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(Choose("web", {}).error().code, ErrorCode::kNotFound);
}

TEST(Choose, TheActiveOneCounts) {
  const Answers answers{On("a", DomainState::kShutOff), On("b", DomainState::kPaused), On("c", DomainState::kCrashed)};
  EXPECT_EQ(Choose("web", answers)->hypervisor, "b");
}

TEST(Choose, NeverGuesses) {
  EXPECT_EQ(Choose("web", {On("a", DomainState::kRunning), On("b", DomainState::kPaused)}).error().code,
            ErrorCode::kConflict);
  EXPECT_EQ(Choose("web", {On("a", DomainState::kShutOff), On("b", DomainState::kShutOff)}).error().code,
            ErrorCode::kConflict);
}

TEST(Choose, ASilentHypervisorMayHaveIt) {
  EXPECT_TRUE(Choose("web", {On("a", DomainState::kRunning), kSilent}).ok());
  EXPECT_EQ(Choose("web", {On("a", DomainState::kShutOff), kSilent}).error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(Choose("web", {On("a", DomainState::kPaused), kSilent}).error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(Choose("web", {kNone, kSilent}).error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(Choose("web", {kSilent}).error().code, ErrorCode::kUnavailable);
}

TEST(DisksOfXml, AreTheHardDisksOfTheDevices) {
  const auto disks = DisksOfXml(R"(<domain><metadata><disk><target dev='no'/></disk></metadata><devices>
      <disk type='file' device='disk'><target dev='vda' bus='virtio'/></disk>
      <disk type='file' device='cdrom'><target dev='hdc'/></disk>
      <disk type='block'><target dev='vdb'/></disk><interface><target dev='tap0'/></interface></devices></domain>)");
  ASSERT_TRUE(disks.ok()) << disks.error().message;
  EXPECT_EQ(*disks, (std::vector<std::string>{"vda", "vdb"}));
}

constexpr const char* kInterfaces =
    R"(<domain><devices><interface type='bridge'><mac address='52:54:00:00:00:01'/><source bridge='br0'/></interface>
       <interface type='user'><mac address='52:54:00:00:00:02'/><link state='down'/></interface></devices></domain>)";

TEST(InterfacesOfXml, AreUpUnlessTheySayOtherwise) {
  const auto interfaces = InterfacesOfXml(kInterfaces);
  ASSERT_TRUE(interfaces.ok()) << interfaces.error().message;
  ASSERT_EQ(interfaces->size(), 2u);
  EXPECT_EQ(interfaces->at(0).mac, "52:54:00:00:00:01");
  EXPECT_EQ(interfaces->at(0).link, Link::kUp);
  EXPECT_EQ(interfaces->at(1).link, Link::kDown);
}

TEST(InterfaceWithLink, IsTheElementWithAnotherLink) {
  const auto element = InterfaceWithLink(kInterfaces, "52:54:00:00:00:01", Link::kDown);
  ASSERT_TRUE(element.ok()) << element.error().message;
  const auto read = InterfacesOfXml("<domain><devices>" + element->substr(element->find('\n')) + "</devices></domain>");
  ASSERT_TRUE(read.ok()) << read.error().message;
  ASSERT_EQ(read->size(), 1u);
  EXPECT_EQ(read->at(0).link, Link::kDown);
  EXPECT_NE(element->find("br0"), std::string::npos);
  EXPECT_EQ(InterfaceWithLink(kInterfaces, "52:54:00:00:00:09", Link::kUp).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(InterfaceWithLink("<domain", "52:54:00:00:00:01", Link::kUp).error().code, ErrorCode::kInvalid);
}

TEST(DisksOfXml, SurvivesGarbage) {
  for (const char* xml : {"", "no xml", "<domain", "<domain/>", "<domain><devices><disk/></devices></domain>"}) {
    EXPECT_EQ(DisksOfXml(xml).error().code, ErrorCode::kInvalid) << xml;
  }
}

TEST(CodeOf, TellsGoneFromDownFromNever) {
  EXPECT_EQ(CodeOf(VIR_ERR_NO_DOMAIN), ErrorCode::kNotFound);
  EXPECT_EQ(CodeOf(VIR_ERR_NO_SUPPORT), ErrorCode::kUnsupported);
  EXPECT_EQ(CodeOf(VIR_ERR_OPERATION_INVALID), ErrorCode::kConflict);
  EXPECT_EQ(CodeOf(VIR_ERR_RPC), ErrorCode::kUnavailable);
  EXPECT_EQ(CodeOf(VIR_ERR_SYSTEM_ERROR), ErrorCode::kUnavailable);
  EXPECT_EQ(CodeOf(VIR_ERR_OPERATION_TIMEOUT), ErrorCode::kTimeout);
}

base::Deadline Within(std::chrono::milliseconds time) { return base::Deadline::After(time); }

TEST(WorkerTest, RunsInOrder) {
  Worker worker;
  std::string order;
  for (const char c : {'a', 'b', 'c'}) {
    EXPECT_EQ(worker.Run([&order, c] { order += c; }, Within(std::chrono::seconds(10))), Worker::Outcome::kDone);
  }
  EXPECT_EQ(order, "abc");
}

TEST(WorkerTest, WhatIsLateNeverBegins) {
  Worker worker;
  std::atomic<bool> ran = false;
  const base::Deadline passed{std::chrono::steady_clock::now() - std::chrono::milliseconds(1)};
  EXPECT_EQ(worker.Run([&] { ran = true; }, passed), Worker::Outcome::kNotStarted);
  EXPECT_EQ(worker.Run([] {}, Within(std::chrono::seconds(10))), Worker::Outcome::kDone);  // all before it is settled
  EXPECT_FALSE(ran);
}

TEST(WorkerTest, TellsATaskThatHangsFromOneThatNeverBegan) {
  auto gate = std::make_shared<std::promise<void>>();
  auto began = std::make_shared<std::promise<void>>();
  auto ended = std::make_shared<std::promise<void>>();
  auto never = std::make_shared<std::atomic<bool>>(false);
  {
    Worker worker;
    const auto hang = [gate, began, ended] {
      began->set_value();
      gate->get_future().wait();
      ended->set_value();
    };
    std::thread first(
        [&] { EXPECT_EQ(worker.Run(hang, Within(std::chrono::milliseconds(200))), Worker::Outcome::kHung); });
    began->get_future().wait();
    const auto set = [never] { *never = true; };
    EXPECT_EQ(worker.Run(set, Within(std::chrono::milliseconds(1))), Worker::Outcome::kNotStarted);
    // Doesn't wait for its own deadline once the first one is known to hang.
    EXPECT_EQ(worker.Run(set, Within(std::chrono::hours(1))), Worker::Outcome::kNotStarted);
    first.join();
  }  // doesn't wait for what hangs
  gate->set_value();
  ended->get_future().wait();
  EXPECT_FALSE(*never);
}

TEST(UrisOfXml, FindsDeclarationsOnly) {
  const std::string xml =
      "<domain><title>urn:mine:no</title><metadata><a:x xmlns:a=\"urn:mine:b\" y='1'/><a:x xmlns:a='urn:mine:a'/>"
      "<z:z xmlns:z=\"urn:other:a\"/><a:x xmlns:a=\"urn:mine:b\"/></metadata></domain>";
  EXPECT_EQ(UrisOfXml(xml, "urn:mine:"), (std::vector<std::string>{"urn:mine:a", "urn:mine:b"}));
  EXPECT_TRUE(UrisOfXml("", "urn:mine:").empty());
  EXPECT_TRUE(UrisOfXml("<x xmlns='urn:mine:a", "urn:mine:").empty());
}

}  // namespace
}  // namespace forewarn::hypervisor
