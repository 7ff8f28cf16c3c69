// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <signal.h>

#include <fstream>
#include <sstream>

#include "common/http/client.h"
#include "tests/fakes/private_libvirtd.h"
#include "tests/fakes/temp_dir.h"
#include "tests/testbed/process.h"
#include "webhook/actuators/marker.h"

namespace forewarn::reverter {
namespace {

using actuators::Marker;
using fakes::PrivateLibvirtd;
using testing::AllOf;
using testing::HasSubstr;

constexpr std::chrono::seconds kPatience{30};
constexpr std::uint64_t kBefore = 1 << 20, kChanged = 2 << 20;  // KiB

base::Deadline Soon() { return base::Deadline::After(std::chrono::seconds(10)); }

class ReverterProgram : public testing::Test {
 protected:
  void SetUp() override {
    auto started = PrivateLibvirtd::Start(PrivateLibvirtd::Driver::kTest);
    if (!started) GTEST_SKIP() << started.error().message;
    libvirtd_ = std::move(*started);
    config_ = folder_.Write("webhook.yaml", "hypervisors: [{name: host1, uri: '" + libvirtd_->uri() + "'}]\n");
    inventory_ = hypervisor::ConnectInventory({{"host1", libvirtd_->uri()}});
  }
  // Memory, changed and marked; expired so long ago.
  void Change(std::chrono::seconds ago) {
    const base::WallTime expiry = std::chrono::floor<std::chrono::seconds>(base::SystemClock().Now() - ago);
    const actuators::Target target{libvirtd_->domain(), libvirtd_->uuid(), "host1", ""};
    const Marker marker{"7", "memory", {{{"current_kib", std::to_string(kBefore)}}}, expiry, 3};
    ASSERT_TRUE(actuators::Markers(inventory_.get()).Put(target, marker, Soon()));
    ASSERT_TRUE(inventory_->Find("host1")->SetMemory(libvirtd_->uuid(), kChanged, Soon()));
  }
  std::uint64_t Memory() { return inventory_->Find("host1")->MemoryOf(libvirtd_->uuid(), Soon())->current_kib; }
  std::string Run(const std::string& arguments) {
    auto out = testbed::RunCommand({"sh", "-c", FOREWARN_REVERTER " " + arguments + " 2>&1; echo exit $?"});
    return out ? *out : out.error().message;
  }
  std::string Log() const {
    std::ostringstream text;
    text << std::ifstream(folder_.File("log")).rdbuf();
    return text.str();
  }
  std::string Serve(const std::string& config, const std::string& grace) {
    auto started = testbed::Process::Start({.argv = {FOREWARN_REVERTER, "--config.file=" + config, "--grace=" + grace,
                                                     "--interval=100ms", "--web.listen-address=127.0.0.1:0"},
                                            .log = folder_.File("log")});
    if (!started) return "";
    process_.emplace(std::move(*started));
    testbed::WaitUntil(kPatience, [&] { return Log().find("port=") != std::string::npos; });
    const std::string port = Log().substr(Log().find("port=") + 5);
    return "http://127.0.0.1:" + port.substr(0, port.find('\n'));
  }
  static std::string Get(const std::string& url, const std::string& path) {
    http::ClientRequest request;
    request.path = path;
    auto response = (*http::Client::Create(url, {}, "test"))->Send(request, std::chrono::seconds(10), 1 << 20);
    return response ? response->body : response.error().message;
  }

  fakes::TempDir folder_;
  std::unique_ptr<PrivateLibvirtd> libvirtd_;
  std::unique_ptr<hypervisor::Inventory> inventory_;
  std::string config_;
  std::optional<testbed::Process> process_;
};

TEST_F(ReverterProgram, OnceUndoesWhatHasExpired) {
  Change(std::chrono::seconds(10));
  EXPECT_THAT(Run("--once --config.file=" + config_), HasSubstr("exit 0"));
  EXPECT_EQ(Memory(), kChanged);
  EXPECT_THAT(Run("--once --grace=5s --config.file=" + config_), AllOf(HasSubstr("msg=reverted"), HasSubstr("exit 0")));
  EXPECT_EQ(Memory(), kBefore);
}

TEST_F(ReverterProgram, UndoesByItselfAndSaysSo) {
  Change(-std::chrono::seconds(2));
  const std::string url = Serve(config_, "1s");
  EXPECT_TRUE(testbed::WaitUntil(kPatience, [&] { return Memory() == kBefore; })) << Log();
  EXPECT_TRUE(testbed::WaitUntil(kPatience, [&] {
    return Get(url, "/metrics").find("forewarn_reverter_changes_total{actuator=\"memory\",result=\"reverted\"} 1\n") !=
           std::string::npos;
  })) << Get(url, "/metrics");
  EXPECT_THAT(Get(url, "/metrics"), HasSubstr("forewarn_reverter_hypervisor_up{hypervisor=\"host1\"} 1\n"));
  EXPECT_THAT(Get(url, "/-/healthy"), HasSubstr("OK"));
  process_->Signal(SIGTERM);
  EXPECT_EQ(process_->Wait(), 0);
}

TEST_F(ReverterProgram, OneThatHangsHoldsUpNoOther) {
  auto hung = PrivateLibvirtd::Start(PrivateLibvirtd::Driver::kTest);
  ASSERT_TRUE(hung);
  const std::string both = folder_.Write("both.yaml", "hypervisors: [{name: hung, uri: '" + (*hung)->uri() +
                                                          "'}, {name: host1, uri: '" + libvirtd_->uri() + "'}]\n");
  (*hung)->Stop();
  Change(std::chrono::seconds(10));
  const std::string url = Serve(both, "0s");
  EXPECT_TRUE(testbed::WaitUntil(kPatience, [&] { return Memory() == kBefore; })) << Log();
  EXPECT_THAT(Get(url, "/metrics"), HasSubstr("forewarn_reverter_hypervisor_up{hypervisor=\"hung\"} 0\n"));
  (*hung)->Continue();
}

TEST_F(ReverterProgram, ExitCodes) {
  EXPECT_THAT(Run("--config.check --config.file=" + config_), HasSubstr("exit 0"));
  EXPECT_THAT(Run("--config.check --config.file=" + folder_.Write("bad.yaml", "hypervisors: 1\n")),
              AllOf(HasSubstr("bad.yaml:1"), HasSubstr("exit 2")));
  EXPECT_THAT(Run("--once --grace=soon --config.file=" + config_), HasSubstr("exit 2"));
  EXPECT_THAT(Run("--version"), AllOf(HasSubstr("forewarn-reverter"), HasSubstr("exit 0")));
  const std::string away =
      folder_.Write("away.yaml", "hypervisors: [{name: a, uri: 'test+unix:///default?socket=/none'}]\n");
  EXPECT_THAT(Run("--once --config.file=" + away), HasSubstr("exit 1"));
}

TEST_F(ReverterProgram, ItsMetricsPassPromtool) {
  if (!testbed::RunCommand({"sh", "-c", "command -v promtool"})) GTEST_SKIP() << "promtool is not installed";
  const std::string metrics = folder_.Write("metrics", Get(Serve(config_, "1s"), "/metrics"));
  auto checked = testbed::RunCommand({"sh", "-c", "promtool check metrics < " + metrics + " 2>&1"});
  EXPECT_EQ(checked ? *checked : checked.error().message, "");
}

}  // namespace
}  // namespace forewarn::reverter
