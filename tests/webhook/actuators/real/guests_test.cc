// SPDX-License-Identifier: Apache-2.0
// Each actuator on guests under QEMU: applied, read back, its effect seen from inside or outside, restored exactly.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <optional>

#include "tests/testbed/bed.h"
#include "tests/testbed/guest.h"
#include "tests/testbed/image.h"
#include "tests/testbed/net.h"
#include "tests/testbed/process.h"
#include "webhook/actuators/actuators.h"

namespace forewarn::actuators {
namespace {

using std::chrono::seconds;
using testbed::Guest;
using ::testing::StartsWith;

base::Deadline Soon() { return base::Deadline::After(seconds(20)); }

double SecondsOf(const std::function<void()>& work) {
  const auto begin = base::SystemClock().Steady();
  work();
  return base::ToSeconds(base::Duration(base::SystemClock().Steady() - begin));
}

class Lab {
 public:
  Lab(hypervisor::Inventory* inventory, TargetLookup targets) : inventory_(inventory) {
    auto lines = BuildActuators({inventory, {}, std::move(targets)});
    EXPECT_TRUE(lines.ok());
    for (auto& line : *lines) actuators_[line.name] = std::move(line.actuator);
  }

  Target Find(const std::string& name) {
    const auto domain = inventory_->Resolve(name, Soon());
    EXPECT_TRUE(domain.ok()) << domain.error().message;
    return domain ? Target{domain->name, domain->uuid, domain->hypervisor} : Target{};
  }
  Actuator& operator[](const std::string& name) { return *actuators_.at(name); }
  hypervisor::Hypervisor& host() { return *inventory_->Find("host1"); }

  // There, `see` the effect, and back to exactly what was.
  void ThereAndBack(const std::string& name, const Target& target, const Setting& wanted,
                    const std::function<void()>& see) {
    Actuator& actuator = *actuators_.at(name);
    const auto before = actuator.Read(target, Soon());
    ASSERT_TRUE(before.ok()) << name << ": " << before.error().message;
    const double there = SecondsOf([&] { Apply(actuator, target, wanted); });
    EXPECT_EQ(*actuator.Read(target, Soon()), wanted) << name;
    see();
    const double back = SecondsOf([&] { Apply(actuator, target, *before); });
    EXPECT_EQ(*actuator.Read(target, Soon()), *before) << name;
    std::printf("%s: there %.3f s, back %.3f s\n", name.c_str(), there, back);
  }
  Setting Propose(const std::string& name, const Target& target) {
    return Propose(name, target, Direction::kRelieve, 1);
  }
  Setting Inject(const std::string& name, const Target& target, double severity) {
    return Propose(name, target, Direction::kStress, severity);
  }
  double RequestsPerSecond(const Target& target) {
    const auto first = host().DiskUseOf(target.uuid, Soon());
    const auto begin = base::SystemClock().Steady();
    EXPECT_FALSE(testbed::WaitUntil(seconds(2), [] { return false; }));  // what is measured is time
    const auto second = host().DiskUseOf(target.uuid, Soon());
    const double time = base::ToSeconds(base::Duration(base::SystemClock().Steady() - begin));
    return static_cast<double>(second->requests - first->requests) / time;
  }

 private:
  Setting Propose(const std::string& name, const Target& target, Direction direction, double severity) {
    const auto now = actuators_.at(name)->Read(target, Soon());
    EXPECT_TRUE(now.ok()) << name << ": " << now.error().message;
    const auto next = now ? actuators_.at(name)->Propose(target, *now, direction, severity) : now;
    EXPECT_TRUE(next.ok()) << name << ": " << next.error().message;
    return next ? *next : Setting{};
  }
  static void Apply(Actuator& actuator, const Target& target, const Setting& setting) {
    const auto applied = actuator.Apply(target, setting, Soon());
    EXPECT_TRUE(applied.ok()) << applied.error().message;
  }

  hypervisor::Inventory* inventory_;
  std::map<std::string, std::unique_ptr<Actuator>> actuators_;
};

std::optional<TargetConfig> ConfigOf(const std::string& domain) {
  TargetConfig config;
  if (domain == "web") config.is_neighbour = [](const std::string& other) { return other == "batch"; };
  if (domain == "batch") config.limits["disk_io"]["total_iops_sec"] = {40, 120};
  return config;
}

bool HasProcessor(Guest& guest, int number) {
  const auto answer = testbed::HttpGet(guest.endpoints().telemetry, "/metrics");
  return answer.body.find("node_cpu_seconds_total{cpu=\"" + std::to_string(number) + "\"") != std::string::npos;
}

bool Answers(Guest& guest) { return testbed::HttpGet(guest.endpoints().service, "/healthz").status == 200; }

void ProcessorsComeAndGo(Lab& lab, Guest& web) {
  const Target target = lab.Find("web");
  ASSERT_TRUE(testbed::WaitUntil(seconds(30), [&] { return lab["vcpus"].Read(target, Soon()).ok(); }));
  EXPECT_FALSE(HasProcessor(web, 1));
  lab.ThereAndBack("vcpus", target, lab.Propose("vcpus", target),
                   [&] { EXPECT_TRUE(testbed::WaitUntil(seconds(10), [&] { return HasProcessor(web, 1); })); });
  EXPECT_EQ(lab.host().VcpusOf(target.uuid, Soon())->plugged, 2u);  // offline, never unplugged
  EXPECT_THAT(lab["vcpus"].Read(lab.Find("batch"), Soon()).error().message, StartsWith("no_way_back: "));
}

void ABusyNeighbourIsLowered(Lab& lab, Guest& batch) {
  ASSERT_TRUE(batch.Command("disk 300 300 0").ok());
  ASSERT_TRUE(testbed::WaitUntil(seconds(20), [&] { return lab.RequestsPerSecond(lab.Find("batch")) > 200; }));
  const auto subject = lab["disk_io"].Subject(lab.Find("web"), Soon());
  ASSERT_TRUE(subject.ok()) << subject.error().message;
  EXPECT_EQ(subject->domain, "batch");
  double low = 0;
  lab.ThereAndBack("disk_io", *subject, lab.Propose("disk_io", *subject), [&] {
    EXPECT_TRUE(testbed::WaitUntil(seconds(20), [&] { return (low = lab.RequestsPerSecond(*subject)) < 60; })) << low;
  });
  EXPECT_TRUE(testbed::WaitUntil(seconds(20), [&] { return lab.RequestsPerSecond(*subject) > 200; }));
  std::printf("disk_io: requests of the neighbour fell to %.0f/s and rose again\n", low);
  ASSERT_TRUE(batch.Command("stop").ok());
}

void SharesRise(Lab& lab) {
  const Target target = lab.Find("web");
  const auto now = lab["cpu_quota"].Read(target, Soon());
  if (!now) {
    EXPECT_EQ(now.error().code, base::ErrorCode::kUnsupported) << now.error().message;  // no cgroups here
    return;
  }
  const Setting next = lab.Propose("cpu_quota", target);
  EXPECT_NE(next.values.at("cpu_shares"), now->values.at("cpu_shares"));
  lab.ThereAndBack("cpu_quota", target, next, [] {});
}

void LinksAreCutAndBandwidthIsLimitedOrRefused(Lab& lab, Guest& web) {
  const Target target = lab.Find("web");
  const Setting down{{{lab["network"].Read(target, Soon())->values.begin()->first, "down"}}};
  lab.ThereAndBack("network", target, down,
                   [&] { EXPECT_TRUE(testbed::WaitUntil(seconds(5), [&] { return !Answers(web); })); });
  EXPECT_TRUE(testbed::WaitUntil(seconds(20), [&] { return Answers(web); }));
  const auto before = lab["network"].Read(target, Soon());
  Setting limited = *before;
  const std::string mac = before->values.begin()->first.substr(0, 17);
  limited.values[mac + " inbound.average"] = limited.values[mac + " outbound.average"] = "1000";
  const auto set = lab["network"].Apply(target, limited, Soon());
  const std::string answer = set ? "bandwidth can be limited here" : set.error().message;
  EXPECT_THAT(answer, set ? StartsWith("bandwidth") : StartsWith("no_bandwidth_control: "));
  std::printf("network: %s\n", answer.c_str());
  const auto back = lab["network"].Apply(target, *before, Soon());
  EXPECT_TRUE(back.ok());
  EXPECT_EQ(*lab["network"].Read(target, Soon()), *before);
  EXPECT_TRUE(Answers(web));
}

void PowerStopsWhatIsServed(Lab& lab, Guest& web) {
  const Target target = lab.Find("web");
  lab.ThereAndBack("pause", target, lab.Propose("pause", target), [&] { EXPECT_FALSE(Answers(web)); });
  EXPECT_TRUE(testbed::WaitUntil(seconds(10), [&] { return Answers(web); }));
  const Setting once = lab.Propose("reset", target);
  const double time = SecondsOf([&] {
    for (int i = 0; i < 2; ++i) EXPECT_TRUE(lab["reset"].Apply(target, once, Soon()).ok());
  });
  EXPECT_TRUE(testbed::WaitUntil(seconds(5), [&] { return !Answers(web); }));
  EXPECT_TRUE(testbed::WaitUntil(seconds(60), [&] { return Answers(web); }));
  std::printf("reset: %.3f s\n", time);
}

// Injections: mild ones are less than harsh ones, what they do is seen, and they leave nothing behind.
void ABusyDiskIsLimited(Lab& lab, Guest& batch) {
  const Target target = lab.Find("batch");
  ASSERT_TRUE(batch.Command("disk 300 300 0").ok());
  ASSERT_TRUE(testbed::WaitUntil(seconds(20), [&] { return lab.RequestsPerSecond(target) > 200; }));
  double before = lab.RequestsPerSecond(target), mild = before, harsh = before;
  lab.ThereAndBack("disk_io", target, lab.Inject("disk_io", target, 0.2), [&] {
    EXPECT_TRUE(
        testbed::WaitUntil(seconds(10), [&] { return (mild = lab.RequestsPerSecond(target)) < 0.95 * before; }));
  });
  ASSERT_TRUE(testbed::WaitUntil(seconds(20), [&] { return lab.RequestsPerSecond(target) > 0.95 * before; }));
  lab.ThereAndBack("disk_io", target, lab.Inject("disk_io", target, 0.6), [&] {
    EXPECT_TRUE(
        testbed::WaitUntil(seconds(10), [&] { return (harsh = lab.RequestsPerSecond(target)) < 0.6 * before; }));
  });
  EXPECT_LT(harsh, mild);
  std::printf("disk_io: %.0f requests/s, at 0.2 %.0f, at 0.6 %.0f\n", before, mild, harsh);
  ASSERT_TRUE(batch.Command("stop").ok());
}

// HTTP over TCP hides a short gap, so what is seen of a mild one is the link itself.
void LinksFlapAndTheGuestIsPausedAgainAndAgain(Lab& lab, Guest& web) {
  const Target target = lab.Find("web");
  lab.ThereAndBack("network", target, lab.Inject("network", target, 0.2), [&] {
    for (const auto link : {hypervisor::Link::kDown, hypervisor::Link::kUp, hypervisor::Link::kDown}) {
      EXPECT_TRUE(testbed::WaitUntil(seconds(5),
                                     [&] { return lab.host().Interfaces(target.uuid, Soon())->front().link == link; }));
    }
  });
  EXPECT_TRUE(testbed::WaitUntil(seconds(20), [&] { return Answers(web); }));
  lab.ThereAndBack("pause", target, lab.Inject("pause", target, 0.2), [&] {
    for (const auto state : {hypervisor::DomainState::kPaused, hypervisor::DomainState::kRunning}) {
      EXPECT_TRUE(testbed::WaitUntil(seconds(5), [&] { return *lab.host().State(target.uuid, Soon()) == state; }));
    }
  });
  EXPECT_TRUE(testbed::WaitUntil(seconds(20), [&] { return Answers(web); }));
}

double BusySeconds(Guest& guest) {
  const std::string metrics = testbed::HttpGet(guest.endpoints().telemetry, "/metrics").body;
  double busy = 0;
  for (const char* mode : {"system", "user"}) {
    const auto at = metrics.find("node_cpu_seconds_total{cpu=\"0\",mode=\"" + std::string(mode) + "\"} ");
    if (at != std::string::npos) busy += std::stod(metrics.substr(metrics.find("} ", at) + 2));
  }
  return busy;
}

double BusyShare(Guest& guest) {
  const double first = BusySeconds(guest);
  const double time = SecondsOf([] { EXPECT_FALSE(testbed::WaitUntil(seconds(4), [] { return false; })); });
  return (BusySeconds(guest) - first) / time;
}

void TheGuestBurnsFromInside(Lab& lab, Guest& web) {
  const Target target = lab.Find("web");
  const double idle = BusyShare(web);
  double mild = 0, harsh = 0;
  lab.ThereAndBack("guest_stress", target, lab.Inject("guest_stress", target, 0.2), [&] { mild = BusyShare(web); });
  lab.ThereAndBack("guest_stress", target, lab.Inject("guest_stress", target, 0.6), [&] { harsh = BusyShare(web); });
  EXPECT_GT(mild, idle);
  EXPECT_GT(harsh, mild);
  EXPECT_LT(BusyShare(web), mild);
  std::printf("guest_stress: busy %.2f, at 0.2 %.2f, at 0.6 %.2f\n", idle, mild, harsh);
  EXPECT_THAT(lab["guest_stress"].Read(lab.Find("batch"), Soon()).error().message, StartsWith("no_guest_agent: "));
}

void AnAddedDiskFails(Lab& lab) {
  const Target target = lab.Find("web");
  const auto logged = [&](const char* pattern) {
    const auto code =
        lab.host().RunInGuest(target.uuid, {"/bin/sh", "-c", "dmesg | grep -q '" + std::string(pattern) + "'"}, Soon());
    return code && *code == 0;
  };
  EXPECT_FALSE(logged("I/O error, dev vdb"));
  lab.ThereAndBack("disk_errors", target, lab.Inject("disk_errors", target, 0.2), [&] {
    EXPECT_TRUE(testbed::WaitUntil(seconds(10), [&] { return logged("I/O error, dev vdb"); }));
    EXPECT_EQ(lab.host().Disks(target.uuid, Soon())->size(), 1u);  // libvirt doesn't know it
  });
  EXPECT_FALSE(logged("I/O error, dev vda"));
}

void MemoryAndProcessorsAreTakenAndGivenBack(Lab& lab) {
  const Target target = lab.Find("batch");
  lab.ThereAndBack("memory", target, lab.Inject("memory", target, 0.2), [] {});
  if (!lab["cpu_quota"].Read(target, Soon())) return;  // no cgroups here
  lab.ThereAndBack("cpu_quota", target, lab.Inject("cpu_quota", target, 0.2), [] {});
}

int Inside(const testbed::Image& image) {
  auto host = testbed::Host::Start("host1", testbed::DefaultCacheDir());
  if (!host) return ADD_FAILURE() << host.error().message, 1;
  auto web = Guest::Create(*host, image, {.name = "web", .number = 1, .max_vcpus = 2, .agent = true});
  auto batch = Guest::Create(*host, image, {.name = "batch", .number = 2});
  if (!web || !batch) return ADD_FAILURE() << (web ? batch : web).error().message, 1;
  EXPECT_TRUE(web->WaitReady().ok() && batch->WaitReady().ok());
  const auto inventory = hypervisor::ConnectInventory({{"host1", host->uri()}});
  Lab lab(inventory.get(), ConfigOf);
  ProcessorsComeAndGo(lab, *web);
  ABusyNeighbourIsLowered(lab, *batch);
  SharesRise(lab);
  LinksAreCutAndBandwidthIsLimitedOrRefused(lab, *web);
  ABusyDiskIsLimited(lab, *batch);
  LinksFlapAndTheGuestIsPausedAgainAndAgain(lab, *web);
  TheGuestBurnsFromInside(lab, *web);
  AnAddedDiskFails(lab);
  MemoryAndProcessorsAreTakenAndGivenBack(lab);
  PowerStopsWhatIsServed(lab, *web);
  return testing::Test::HasFailure() ? 1 : 0;
}

TEST(RealGuests, FeelEveryActuatorAndAreRestoredExactly) {
  if (const auto why = testbed::WhyNoBed()) GTEST_SKIP() << *why;
  const auto plain = testbed::BuildImage(testbed::DefaultCacheDir());
  ASSERT_TRUE(plain.ok()) << plain.error().message;
  const auto image = testbed::WithGuestAgent(*plain, testbed::DefaultCacheDir());
  ASSERT_TRUE(image.ok()) << image.error().message;
  EXPECT_EQ(testbed::RunInBed({}, [&](testbed::Bed&) { return Inside(*image); }), 0);
}

}  // namespace
}  // namespace forewarn::actuators
