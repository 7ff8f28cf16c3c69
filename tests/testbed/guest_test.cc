// SPDX-License-Identifier: Apache-2.0
// A host, a guest and the whole stack: each load is seen by Prometheus where it should be.
#include "tests/testbed/guest.h"

#include <gtest/gtest.h>

#include <optional>

#include "tests/testbed/bed.h"
#include "tests/testbed/libvirt.h"
#include "tests/testbed/net.h"
#include "tests/testbed/stack.h"

namespace forewarn::testbed {
namespace {

using std::chrono::seconds;

constexpr const char* kName = "guest1";
constexpr int kIopsLimit = 150;

// Of the stack that the bed has.
const Stack* g_stack = nullptr;

base::Result<double> Query(const std::string& promql) { return g_stack->Query(promql); }

// The query's value comes to satisfy `wanted`.
bool Becomes(const std::string& promql, const std::function<bool(double)>& wanted, seconds timeout = seconds(40)) {
  const bool became = WaitUntil(timeout, [&] {
    const auto value = Query(promql);
    return value.ok() && wanted(*value);
  });
  if (!became)
    ADD_FAILURE() << promql << " is "
                  << (Query(promql).ok() ? std::to_string(*Query(promql)) : Query(promql).error().message);
  return became;
}

auto Above(double limit) {
  return [limit](double value) { return value > limit; };
}
auto Below(double limit) {
  return [limit](double value) { return value < limit; };
}

void SetIops(const Host& host, unsigned long long iops) {
  const auto connection = Connect(host.uri());
  ASSERT_TRUE(connection.ok());
  const auto domain = FindDomain(*connection, kName);
  ASSERT_TRUE(domain.ok());
  virTypedParameterPtr parameters = nullptr;
  int count = 0, capacity = 0;
  virTypedParamsAddULLong(&parameters, &count, &capacity, VIR_DOMAIN_BLOCK_IOTUNE_TOTAL_IOPS_SEC, iops);
  EXPECT_EQ(
      virDomainSetBlockIoTune(domain->get(), "vda", parameters, static_cast<unsigned>(count), VIR_DOMAIN_AFFECT_LIVE),
      0);
  virTypedParamsFree(parameters, count);
}

void SeesTheLoads(Guest& guest) {
  const std::string in = R"({domain="guest1"})";
  ASSERT_TRUE(guest.Command("cpu 80").ok());
  Becomes(R"(1 - rate(node_cpu_seconds_total{domain="guest1",mode="idle"}[3s]))", Above(0.6));
  ASSERT_TRUE(guest.Command("stop cpu").ok());
  Becomes(R"(1 - rate(node_cpu_seconds_total{domain="guest1",mode="idle"}[3s]))", Below(0.5));
  ASSERT_TRUE(guest.Command("net 1").ok());
  Becomes(R"(rate(node_network_transmit_bytes_total{domain="guest1",device="eth0"}[3s]))", Above(5e5));
  Becomes(R"(rate(libvirt_domain_interface_stats_transmit_bytes_total{domain="guest1"}[3s]))", Above(5e5));
  ASSERT_TRUE(guest.Command("errors 5").ok());
  Becomes("rate(forewarn_error_lines_total" + in + "[5s])", Above(2));
  ASSERT_TRUE(guest.Command("stop").ok());
  Becomes("rate(forewarn_error_lines_total" + in + "[5s])", Below(0.1));
}

constexpr const char* kSuccess = R"(avg_over_time(probe_success{service="shop"}[3s]))";

void SeesWhatFillsIt(Guest& guest) {
  const std::string memory =
      R"(1 - node_memory_MemAvailable_bytes{domain="guest1"} / node_memory_MemTotal_bytes{domain="guest1"})";
  ASSERT_TRUE(guest.Command("hold 40").ok());
  Becomes(memory, Above(0.5));
  ASSERT_TRUE(guest.Command("stop hold").ok());
  Becomes(memory, Below(0.45));
  const std::string disk =
      R"(node_filesystem_avail_bytes{domain="guest1",fstype="ext4"} / node_filesystem_size_bytes{domain="guest1",fstype="ext4"})";
  ASSERT_TRUE(guest.Command("fill 8").ok());
  Becomes(disk, Below(0.01));
  Becomes(kSuccess, Below(0.5));
  ASSERT_TRUE(guest.Command("stop fill").ok());
  Becomes(disk, Above(0.9));
  Becomes(kSuccess, Above(0.9));
}

void SeesTheServiceFail(Guest& guest) {
  for (const std::string defect : {"fail 100", "hang 1"}) {
    ASSERT_TRUE(guest.Command(defect).ok());
    Becomes(kSuccess, Below(0.5));
    ASSERT_TRUE(guest.Command("stop " + defect.substr(0, 4)).ok());
    Becomes(kSuccess, Above(0.9));
  }
}

void SeesTheNetworkImpaired(Guest& guest) {
  const std::string latency = R"(probe_duration_seconds{service="shop"})";
  ASSERT_TRUE(guest.Command("impair 200 0").ok());
  Becomes(latency, Above(0.3));
  ASSERT_TRUE(guest.Command("impair 0 30").ok());
  Becomes(R"(rate(node_netstat_Tcp_RetransSegs{domain="guest1"}[5s]))", Above(0.5));
  ASSERT_TRUE(guest.Command("stop impair").ok());
  ASSERT_TRUE(guest.Command("storm 60").ok());
  Becomes(R"(1 - rate(node_cpu_seconds_total{domain="guest1",mode="idle"}[3s]))", Above(0.3));
  ASSERT_TRUE(guest.Command("stop").ok());
  Becomes(latency, Below(0.1));
}

void SaturationIsRelievedByTheLimit(const Host& host, Guest& guest) {
  const std::string utilisation = R"(rate(node_disk_io_time_seconds_total{domain="guest1",device="vda"}[3s]))";
  const std::string latency = R"(avg_over_time(probe_duration_seconds{service="shop"}[3s]))";
  Becomes(latency, Below(0.1));
  ASSERT_TRUE(guest.Command("disk 190 190 0").ok());
  Becomes(utilisation, Above(0.95));
  Becomes(latency, Above(0.5));
  SetIops(host, 2 * kIopsLimit);
  Becomes(utilisation, Below(0.6));
  Becomes(latency, Below(0.3));
  ASSERT_TRUE(guest.Command("stop").ok());
}

void GuestsOutliveTheDaemon(Host& host, Guest& guest) {
  host.KillDaemon();
  EXPECT_FALSE(Connect(host.uri()).ok());
  EXPECT_TRUE(guest.Command("ping").ok());
  ASSERT_TRUE(host.RestartDaemon().ok());
  const auto connection = Connect(host.uri());
  ASSERT_TRUE(connection.ok());
  EXPECT_EQ(virDomainIsActive(FindDomain(*connection, kName)->get()), 1);
}

void TheServiceThatLeaksIsKilled(Guest& guest) {
  ASSERT_TRUE(guest.Command("leak 20").ok());
  Becomes(R"(1 - node_memory_MemAvailable_bytes{domain="guest1"} / node_memory_MemTotal_bytes{domain="guest1"})",
          Above(0.6));
  Becomes(kSuccess, Below(0.5));
  Becomes(R"(forewarn_error_lines_total{domain="guest1"})", Above(0));
  ASSERT_TRUE(guest.Command("serve").ok());
  Becomes(kSuccess, Above(0.9));
}

void RefusesWhatItDoesNotKnow(Guest& guest) {
  for (const char* line : {"dance", "cpu", "cpu much", "disk 1 2", "stop dancing"}) {
    const auto answer = guest.Command(line);
    ASSERT_FALSE(answer.ok()) << line;
    EXPECT_EQ(answer.error().code, base::ErrorCode::kInvalid) << answer.error().message;
  }
}

void APausedStandbyIsServedOnceItIsResumedAndReady(const Host& host, const Image& image) {
  const auto standby =
      Guest::Create(host, image, {.name = "standby1", .number = 2, .start = MachineOptions::Start::kPaused});
  ASSERT_TRUE(standby.ok());
  Guest guest = *standby;
  ASSERT_TRUE(guest.WaitReady().ok());
  EXPECT_EQ(HttpGet(guest.endpoints().service, "/healthz").status, 0);
  ASSERT_TRUE(guest.Resume().ok());
  EXPECT_EQ(HttpGet(guest.endpoints().service, "/healthz").status, 200);
}

int Inside(Bed& bed, const Image& image) {
  auto host = Host::Start("host1", DefaultCacheDir());
  if (!host) return ADD_FAILURE() << host.error().message, 1;
  auto guest = Guest::Create(*host, image, {.name = kName, .number = 1, .iops_limit = kIopsLimit, .data_mib = 24});
  if (!guest) return ADD_FAILURE() << guest.error().message, 1;
  if (const auto ready = guest->WaitReady(); !ready) return ADD_FAILURE() << ready.error().message, 1;
  auto stack = Stack::Start(bed, {.guests = {{kName, guest->endpoints().telemetry, guest->endpoints().console}},
                                  .hypervisors = {{host->name(), host->read_only_uri()}},
                                  .services = {{"shop", guest->endpoints().service, "10.0.2.102:8080"}}});
  if (!stack) return ADD_FAILURE() << stack.error().message, 1;
  g_stack = &*stack;
  Becomes("min(up)", Above(0.5));
  RefusesWhatItDoesNotKnow(*guest);
  SeesTheLoads(*guest);
  SeesWhatFillsIt(*guest);
  SeesTheServiceFail(*guest);
  SeesTheNetworkImpaired(*guest);
  SaturationIsRelievedByTheLimit(*host, *guest);
  GuestsOutliveTheDaemon(*host, *guest);
  APausedStandbyIsServedOnceItIsResumedAndReady(*host, image);
  TheServiceThatLeaksIsKilled(*guest);
  host->PowerOff();
  EXPECT_TRUE(WaitUntil(seconds(5), [&] { return !guest->Command("ping").ok(); }));
  return testing::Test::HasFailure() ? 1 : 0;
}

TEST(GuestTest, LoadsAreSeenAndSettingsTakeEffect) {
  if (const auto why = WhyNoBed()) GTEST_SKIP() << *why;
  const auto image = BuildImage(DefaultCacheDir());
  ASSERT_TRUE(image.ok()) << image.error().message;
  EXPECT_EQ(RunInBed({.publish = {"prometheus"}}, [&](Bed& bed) { return Inside(bed, *image); }), 0);
}

// The door leads from the caller's network to the bed's.
TEST(GuestTest, PublishedServicesAreReachableFromOutside) {
  if (const auto why = WhyNoBed()) GTEST_SKIP() << *why;
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const pid_t supervisor = fork();
  if (supervisor == 0) {
    _exit(RunInBed({.publish = {"prometheus"}}, [&](Bed& bed) {
      const auto stack = Stack::Start(bed, {});
      const std::string url = stack.ok() ? bed.OutsideUrl("prometheus") : stack.error().message;
      return write(ends[1], url.data(), url.size()) > 0 ? pause() : 1;
    }));
  }
  char url[100] = "";
  ASSERT_GT(read(ends[0], url, sizeof url - 1), 0);
  const std::string address = std::string(url).substr(std::string("http://").size());
  EXPECT_TRUE(WaitUntil(seconds(10), [&] { return HttpGet(address, "/-/ready").status == 200; })) << url;
  kill(supervisor, SIGTERM);
  waitpid(supervisor, nullptr, 0);
}

}  // namespace
}  // namespace forewarn::testbed
