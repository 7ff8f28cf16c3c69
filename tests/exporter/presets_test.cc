// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "exporter/signals/reader.h"
#include "tests/exporter/bench.h"

namespace forewarn::exporter {
namespace {

// Reads through real expressions on a real Prometheus; the exporter's binary has no part in it.
class PresetsTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!Prometheus::Installed()) GTEST_SKIP() << "prometheus is not installed";
    prometheus_.Start();
  }

  signals::Settings Decode(const std::string& yaml) {
    auto document = config::Document::Parse("x.yaml", yaml);
    EXPECT_TRUE(document.ok());
    auto settings = signals::Decode(document->Root().AsMap(), {std::chrono::seconds(1), std::chrono::seconds(5)});
    EXPECT_TRUE(document->Finish().ok());
    return settings;
  }
  std::unique_ptr<promql::Client> Client() {
    promql::ClientOptions options;
    options.url = prometheus_.url();
    auto client = promql::Client::Create(options);
    EXPECT_TRUE(client.ok());
    return std::move(*client);
  }
  // What the reader has for vm1, by signal.
  std::map<std::string, double> ValuesNow(signals::Reader& reader) {
    const double now = base::ToSeconds(base::SystemClock().Now());
    reading_ = reader.Read(now, base::Deadline::After(std::chrono::seconds(20)));
    std::map<std::string, double> values;
    const auto instance = reader.instances().Find("vm1");
    for (std::uint32_t signal = 0; instance >= 0 && signal < reader.signals().size(); ++signal) {
      const double value = reading_.snapshot.At(signal, static_cast<std::uint32_t>(instance));
      if (!telemetry::IsMissing(value)) values[reader.signals().NameOf(signal)] = value;
    }
    return values;
  }

  TemporaryDirectory directory_;
  Target target_;
  Prometheus prometheus_{directory_, target_};
  signals::Reading reading_;
};

TEST_F(PresetsTest, MeasureWhatTheTargetDoes) {
  signals::Reader reader(Client(), Decode("presets: [node_exporter, libvirt_exporter, mtail, blackbox_exporter]\n"));
  const std::map<std::string, double> expected = {{"cpu_usage", 0.4},
                                                  {"cpu_iowait", 0.1},
                                                  {"cpu_denied", 0.1},
                                                  {"cpu_steal", 0.05},
                                                  {"cpu_waiting", 0.2},
                                                  {"cpu_load", 1.5},
                                                  {"memory_cached", 0.25},
                                                  {"disk_used", 0.7},
                                                  {"network_retransmits", 5},
                                                  {"request_latency", 0.3},
                                                  {"request_failures", 1},
                                                  {"memory_pressure", 0.25},
                                                  {"memory_available", 3e8},
                                                  {"disk_latency", 0.01},
                                                  {"disk_utilisation", 0.25},
                                                  {"disk_iops", 100},
                                                  {"network_receive_bytes", 100},
                                                  {"network_transmit_bytes", 100},
                                                  {"network_errors", 200},
                                                  {"network_drops", 200},
                                                  {"error_log_rate", 1}};
  std::map<std::string, double> values;
  // A rate over a window that the target's life doesn't fill yet is less than it will be.
  EXPECT_TRUE(testbed::WaitUntil(kPatience, [&] {
    values = ValuesNow(reader);
    return std::all_of(expected.begin(), expected.end(), [&](const auto& item) {
      return values.contains(item.first) && std::abs(values[item.first] - item.second) <= 0.2 * item.second;
    });
  })) << testing::PrintToString(values);
  EXPECT_TRUE(reading_.errors.empty());
  EXPECT_EQ(reading_.dropped.no_domain + reading_.dropped.ambiguous + reading_.dropped.not_finite, 0u);
  EXPECT_EQ(reading_.hypervisors[static_cast<std::size_t>(reader.instances().Find("vm1"))], "host1");
}

TEST_F(PresetsTest, AnIdleDiskHasNoLatency) {
  target_.SetDiskBusy(0);
  signals::Reader reader(Client(), Decode("presets: [node_exporter]\n"));
  std::map<std::string, double> values;
  EXPECT_TRUE(testbed::WaitUntil(kPatience, [&] { return (values = ValuesNow(reader)).contains("disk_iops"); }));
  EXPECT_EQ(values["disk_iops"], 0);
  EXPECT_FALSE(values.contains("disk_latency"));
  EXPECT_EQ(reading_.dropped.not_finite, 0u);
}

TEST_F(PresetsTest, TheHostsViewAndExtraMatchersArePromql) {
  signals::Reader reader(Client(), Decode("presets: [libvirt_exporter]\nmatch: 'hypervisor=\"host1\",job=~\".+\"'\n"));
  EXPECT_TRUE(testbed::WaitUntil(kPatience, [&] { return ValuesNow(reader).contains("cpu_usage"); }));
  EXPECT_TRUE(reading_.errors.empty());
  EXPECT_EQ(reader.instances().size(), 2u);
  signals::Reader other(Client(), Decode("presets: [libvirt_exporter]\nmatch: 'hypervisor=\"host9\"'\n"));
  ValuesNow(other);
  EXPECT_TRUE(reading_.errors.empty());
  EXPECT_EQ(reading_.series, 0u);
}

TEST_F(PresetsTest, OldSamplesOfGaugesAreMissing) {
  signals::Reader reader(Client(), Decode("presets: [node_exporter]\n"));
  ASSERT_TRUE(testbed::WaitUntil(kPatience, [&] { return ValuesNow(reader).contains("memory_available"); }));
  const double later = base::ToSeconds(base::SystemClock().Now()) + 10;
  const auto reading = reader.Read(later, base::Deadline::After(std::chrono::seconds(20)));
  EXPECT_TRUE(reading.errors.empty());
  EXPECT_EQ(reading.series, 0u);
}

}  // namespace
}  // namespace forewarn::exporter
