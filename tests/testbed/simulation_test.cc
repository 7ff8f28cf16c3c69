// SPDX-License-Identifier: Apache-2.0
#include "tests/testbed/simulation.h"

#include <grp.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

#include "tests/testbed/leftovers.h"
#include "tests/testbed/libvirt.h"
#include "tests/testbed/net.h"
#include "tests/testbed/process.h"
#include "tests/testbed/stack.h"

namespace forewarn::testbed {
namespace {

using std::chrono::seconds;
using Kind = BedOptions::Kind;

class SimulationTest : public testing::Test {
 protected:
  void SetUp() override {
    if (const auto why = Simulation::WhyNot()) GTEST_SKIP() << *why;
  }
};

bool Becomes(const Stack& stack, const std::string& promql, const std::function<bool(double)>& wanted) {
  const bool became = WaitUntil(seconds(40), [&] {
    const auto value = stack.Query(promql);
    return value.ok() && wanted(*value);
  });
  if (!became) ADD_FAILURE() << promql;
  return became;
}

// As another process would, over a connection of its own.
void SetIops(const std::string& uri, unsigned long long iops) {
  const auto connection = Connect(uri);
  ASSERT_TRUE(connection.ok()) << connection.error().message;
  const auto domain = FindDomain(*connection, "web");
  ASSERT_TRUE(domain.ok()) << domain.error().message;
  virTypedParameterPtr parameters = nullptr;
  int count = 0, capacity = 0;
  virTypedParamsAddULLong(&parameters, &count, &capacity, VIR_DOMAIN_BLOCK_IOTUNE_TOTAL_IOPS_SEC, iops);
  EXPECT_EQ(
      virDomainSetBlockIoTune(domain->get(), "vda", parameters, static_cast<unsigned>(count), VIR_DOMAIN_AFFECT_LIVE),
      0);
  virTypedParamsFree(parameters, count);
}

void ResumeStandby(const std::string& uri) {
  const auto connection = Connect(uri);
  ASSERT_TRUE(connection.ok());
  EXPECT_EQ(virDomainResume(FindDomain(*connection, "standby")->get()), 0);
}

void Simulate(Bed& bed) {
  const auto simulation = Simulation::Start(bed);
  ASSERT_TRUE(simulation.ok()) << simulation.error().message;
  const auto web = (*simulation)->Add({.name = "web", .number = 1, .iops_limit = 150});
  const auto standby = (*simulation)->Add({.name = "standby", .number = 2, .start = MachineOptions::Start::kPaused});
  ASSERT_TRUE(web.ok() && standby.ok());
  auto stack =
      Stack::Start(bed, {.guests = {{"web", (*web)->endpoints().telemetry}},
                         .services = {{"shop", (*web)->endpoints().service, (*standby)->endpoints().service}}});
  ASSERT_TRUE(stack.ok()) << stack.error().message;
  const std::string latency = "avg_over_time(probe_duration_seconds{service=\"shop\"}[3s])";
  Becomes(*stack, latency, [](double value) { return value < 0.1; });
  ASSERT_TRUE((*web)->Command("disk 190 190 0").ok());
  Becomes(*stack, "rate(node_disk_io_time_seconds_total{domain=\"web\"}[3s])",
          [](double value) { return value > 0.95; });
  Becomes(*stack, latency, [](double value) { return value > 0.5; });
  SetIops((*simulation)->uri(), 300);
  Becomes(*stack, latency, [](double value) { return value < 0.3; });
  EXPECT_FALSE((*standby)->Command("ping").ok());
  EXPECT_EQ(HttpGet((*standby)->endpoints().service, "/healthz").status, 503);
  ResumeStandby((*simulation)->uri());
  EXPECT_TRUE(WaitUntil(seconds(5), [&] { return HttpGet((*standby)->endpoints().service, "/work").status == 200; }));
}

int SimulateIn(Bed& bed) {
  Simulate(bed);
  return testing::Test::HasFailure() ? 1 : 0;
}

TEST_F(SimulationTest, TelemetryAndServiceFollowTheSettings) {
  EXPECT_EQ(RunInBed({.kind = Kind::kPlain}, SimulateIn), 0);
  EXPECT_FALSE(std::filesystem::exists(std::filesystem::temp_directory_path() / PrivateName(getpid())));
}

TEST_F(SimulationTest, NeedsNoRoot) {
  if (geteuid() != 0) GTEST_SKIP() << "is not root: the other test shows it";
  const pid_t child = fork();
  if (child == 0) {
    const bool dropped =
        setgroups(0, nullptr) == 0 && setresgid(65534, 65534, 65534) == 0 && setresuid(65534, 65534, 65534) == 0;
    _exit(dropped && chdir("/") == 0 ? RunInBed({.kind = Kind::kPlain}, SimulateIn) : 99);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST_F(SimulationTest, AnInterruptLeavesNoProcessAndNoFile) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const pid_t supervisor = fork();
  if (supervisor == 0) {
    _exit(RunInBed({.kind = Kind::kPlain}, [&](Bed& bed) {
      const auto simulation = Simulation::Start(bed);
      const auto stack = Stack::Start(bed, {});
      const auto orphan = RunCommand({"setsid", "sh", "-c", "sleep 1000 >/dev/null 2>&1 & echo $!"});
      const std::string said = orphan.ok() && stack.ok() ? *orphan : "0";
      return write(ends[1], said.data(), said.size()) > 0 ? pause() : 1;
    }));
  }
  char orphan[20] = "";
  ASSERT_GT(read(ends[0], orphan, sizeof orphan - 1), 0);
  ASSERT_EQ(kill(std::atoi(orphan), 0), 0) << orphan;
  kill(supervisor, SIGINT);
  int status = 0;
  waitpid(supervisor, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), 128 + SIGINT);
  EXPECT_NE(kill(std::atoi(orphan), 0), 0);
  EXPECT_FALSE(std::filesystem::exists(std::filesystem::temp_directory_path() / PrivateName(supervisor)));
}

}  // namespace
}  // namespace forewarn::testbed
