// SPDX-License-Identifier: Apache-2.0
// Prometheus is away for half a minute, libvirtd dies just before it is needed: both programs stay up, say so in their
// series, recover, and nothing is done twice.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/e2e/demo/lab.h"
#include "tests/e2e/demo/watch.h"
#include "tests/testbed/libvirt.h"
#include "tests/testbed/net.h"

namespace forewarn::e2e {
namespace {

using demo::Lab;
using demo::Sight;
using std::chrono::seconds;
using testbed::WaitUntil;

// The value of a series of a program's own /metrics, as it stands there; nullopt where there is none.
std::optional<double> Metric(const std::string& address, const std::string& series) {
  const std::string body = "\n" + testbed::HttpGet(address, "/metrics").body;
  const auto at = body.find("\n" + series + " ");
  if (at == std::string::npos) return std::nullopt;
  return std::stod(body.substr(at + series.size() + 2));
}

class Outage {
 public:
  explicit Outage(Lab& lab) : lab_(lab) {}

  void Run() {
    const auto& scenario = demo::FindScenario("DiskContention");
    auto watch = demo::Watch::Create(lab_.site(), scenario);
    ASSERT_TRUE(watch.ok());
    watch_.emplace(std::move(*watch));
    ASSERT_TRUE(Sees(seconds(60), [](const Sight& sight) { return sight.Of(demo::kProtected, "confidence") < 0.3; }));
    ASSERT_TRUE(lab_.Load(scenario.load).ok());
    ASSERT_TRUE(Sees(seconds(90), [](const Sight& sight) { return sight.Of(demo::kProtected, "notified") == 1; }));
    ASSERT_NO_FATAL_FAILURE(LibvirtdIsAwayWhenItIsNeeded());
    ASSERT_NO_FATAL_FAILURE(PrometheusIsAwayForHalfAMinute());
    OneChangeWasMade();
  }

 private:
  bool Sees(seconds patience, const std::function<bool(const Sight&)>& condition) {
    return WaitUntil(patience, [&] {
      const auto sight = watch_->Look();
      return sight.ok() && condition(*sight);
    });
  }
  bool Says(const std::string& address, const std::string& series, double value) {
    return WaitUntil(seconds(20), [&] { return Metric(address, series) == value; });
  }
  bool BothAreUp() {
    if (lab_.daemons().Ended()) return false;
    const auto healthy = [](const std::string& address) {
      return testbed::HttpGet(address, "/-/healthy").status == 200;
    };
    return healthy(lab_.site().exporter) && healthy(lab_.site().webhook);
  }
  // For as long as the exporter takes for so many ticks.
  void LetTick(double ticks) {
    const auto begin = Metric(lab_.site().exporter, "forewarn_ticks_total");
    ASSERT_TRUE(begin);
    ASSERT_TRUE(
        WaitUntil(seconds(30), [&] { return Metric(lab_.site().exporter, "forewarn_ticks_total") >= *begin + ticks; }));
  }

  void LibvirtdIsAwayWhenItIsNeeded() {
    lab_.hardware().host()->KillDaemon();
    EXPECT_TRUE(Says(lab_.site().webhook, R"(forewarn_hypervisor_up{hypervisor="host1"})", 0));
    ASSERT_TRUE(Sees(seconds(60), [](const Sight& sight) { return sight.Of(demo::kProtected, "due") == 1; }));
    // The webhook has been told, and told again, and can do nothing.
    EXPECT_TRUE(WaitUntil(seconds(20), [&] { return Metric(lab_.site().webhook, "forewarn_deduplicated_total") > 0; }));
    EXPECT_TRUE(BothAreUp());
    ASSERT_TRUE(lab_.hardware().host()->RestartDaemon().ok());
    EXPECT_TRUE(Says(lab_.site().webhook, R"(forewarn_hypervisor_up{hypervisor="host1"})", 1));
    ASSERT_TRUE(Sees(seconds(60), IsRelieved));  // what cannot be verified would be undone
  }

  void PrometheusIsAwayForHalfAMinute() {
    lab_.stack().process("prometheus").Kill();
    EXPECT_TRUE(Says(lab_.site().exporter, "forewarn_up", 0));
    const auto failures = Metric(lab_.site().exporter, "forewarn_tick_failures_total");
    EXPECT_FALSE(WaitUntil(seconds(30), [&] { return !BothAreUp(); }));
    EXPECT_GT(Metric(lab_.site().exporter, "forewarn_tick_failures_total"), failures);
    const std::string metrics = testbed::HttpGet(lab_.site().exporter, "/metrics").body;
    EXPECT_EQ(metrics.find("forewarn_fault_confidence_ratio{"), std::string::npos) << "a frozen prediction";
    ASSERT_TRUE(lab_.stack().Restart("prometheus").ok());
    EXPECT_TRUE(Says(lab_.site().exporter, "forewarn_up", 1));
    EXPECT_TRUE(Sees(seconds(60), [](const Sight& sight) { return sight.Of(demo::kProtected, "confidence") >= 0; }));
  }

  static bool IsRelieved(const Sight& sight) {
    return !sight.deeds.empty() && sight.deeds.back().outcome == "relieved";
  }

  // However often the alert was told: the setting was raised once.
  void OneChangeWasMade() {
    ASSERT_NO_FATAL_FAILURE(LetTick(5));
    const auto sight = watch_->Look();
    ASSERT_TRUE(sight.ok());
    const auto done =
        std::count_if(sight->deeds.begin(), sight->deeds.end(), [](const auto& deed) { return deed.time.has_value(); });
    EXPECT_EQ(done, 1);
    EXPECT_EQ(IopsLimit(), 300);
    EXPECT_TRUE(BothAreUp());
  }

  double IopsLimit() {
    const auto connection = testbed::Connect(lab_.site().hypervisor_uri);
    const auto domain = testbed::FindDomain(*connection, demo::kProtected);
    virTypedParameter parameters[32];
    int count = 0;
    virDomainGetBlockIoTune(domain->get(), "vda", nullptr, &count, VIR_DOMAIN_AFFECT_LIVE);
    virDomainGetBlockIoTune(domain->get(), "vda", parameters, &count, VIR_DOMAIN_AFFECT_LIVE);
    unsigned long long limit = 0;
    virTypedParamsGetULLong(parameters, count, VIR_DOMAIN_BLOCK_IOTUNE_TOTAL_IOPS_SEC, &limit);
    return static_cast<double>(limit);
  }

  Lab& lab_;
  std::optional<demo::Watch> watch_;
};

int Inside(testbed::Bed& bed, const testbed::Image& image) {
  demo::Options options;
  auto lab = Lab::Start(bed, image, options, [](const std::string&) {});
  if (!lab) return ADD_FAILURE() << lab.error().message, 1;
  Outage(**lab).Run();
  return testing::Test::HasFailure() ? 1 : 0;
}

TEST(OutageTest, OfPrometheusAndOfLibvirtdIsSurvived) {
  if (const auto why = testbed::WhyNoBed()) GTEST_SKIP() << *why;
  const auto image = testbed::BuildImage(testbed::DefaultCacheDir());
  ASSERT_TRUE(image.ok()) << image.error().message;
  EXPECT_EQ(testbed::RunInBed({}, [&](testbed::Bed& bed) { return Inside(bed, *image); }), 0);
}

}  // namespace
}  // namespace forewarn::e2e
