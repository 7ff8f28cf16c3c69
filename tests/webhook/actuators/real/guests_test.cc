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
  Setting Propose(const std::string& name, const Target& target, Direction direction = Direction::kRelieve) {
    const auto now = actuators_.at(name)->Read(target, Soon());
    EXPECT_TRUE(now.ok()) << name << ": " << now.error().message;
    const auto next = actuators_.at(name)->Propose(target, *now, direction, 1);
    EXPECT_TRUE(next.ok()) << name << ": " << next.error().message;
    return next ? *next : *now;
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
  lab.ThereAndBack("network", target, lab.Propose("network", target, Direction::kStress),
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
