// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/exporter/bench.h"

namespace forewarn::exporter {
namespace {

using testing::HasSubstr;
using testing::Not;

class BinaryTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!Prometheus::Installed()) GTEST_SKIP() << "prometheus is not installed";
    prometheus_.Start();
    directory_.Write("exporter.yaml", "source: {url: '" + prometheus_.url() +
                                          "', timeout: 1s}\ntick: 1s\nmax_age: 3s\n"
                                          "signals: {presets: [node_exporter, libvirt_exporter, mtail]}\n");
    binary_.emplace(directory_, std::vector<std::string>{"--config.file=" + directory_.Path("exporter.yaml"),
                                                         "--web.listen-address=127.0.0.1:0"});
    ASSERT_TRUE(binary_->Listening()) << binary_->Log();
  }

  TemporaryDirectory directory_;
  Target target_;
  Prometheus prometheus_{directory_, target_};
  std::optional<Binary> binary_;
};

TEST_F(BinaryTest, PublishesWhatItReads) {
  ASSERT_TRUE(binary_->WaitForMetric("forewarn_instance_info{domain=\"vm1\",hypervisor=\"host1\"} 1\n"))
      << binary_->Log();
  ASSERT_TRUE(
      binary_->WaitForMetric("forewarn_signal_forecast{domain=\"vm1\",signal=\"cpu_usage\",bound=\"expected\"} "))
      << binary_->Log();
  EXPECT_EQ(binary_->Get("/-/ready").status, 200);
  EXPECT_EQ(binary_->Get("/-/healthy").status, 200);
  EXPECT_THAT(binary_->Get("/").body, HasSubstr("/api/v1/predictions"));
  const auto predictions = nlohmann::json::parse(binary_->Get("/api/v1/predictions").body, nullptr, false);
  EXPECT_EQ(predictions.value("status", ""), "success");

  const std::string metrics = binary_->Metrics();
  EXPECT_THAT(metrics, HasSubstr("forewarn_up 1\n"));
  EXPECT_THAT(metrics, HasSubstr("forewarn_threshold_ratio{fault=\"DiskContention\",stage=\"mitigate\"} "));
  EXPECT_THAT(metrics, HasSubstr("forewarn_threshold_ratio{fault=\"Unknown\",stage=\"notify\"} "));
  EXPECT_THAT(metrics, HasSubstr("forewarn_tick_failures_total 0\n"));
  EXPECT_THAT(metrics, HasSubstr("forewarn_prediction_outcomes_total{fault=\"DiskContention\",outcome=\"hit\"} 0\n"));
  EXPECT_THAT(metrics, HasSubstr("forewarn_source_errors_total{reason=\"invalid\",signal=\"mitigated\"} 0\n"));
  EXPECT_THAT(metrics, Not(HasSubstr("instance=")));
}

TEST_F(BinaryTest, ItsMetricsPassPromtool) {
  ASSERT_TRUE(binary_->WaitForMetric("forewarn_signal_anomaly_score{")) << binary_->Log();
  const std::string metrics = directory_.Write("metrics.txt", binary_->Metrics());
  const auto checked = testbed::RunCommand({"sh", "-c", "promtool check metrics < " + metrics + " 2>&1"});
  EXPECT_TRUE(checked.ok()) << checked.error().message;
  EXPECT_EQ(checked ? *checked : "", "");
}

TEST_F(BinaryTest, OutlivesItsSourceWithoutFrozenNumbers) {
  const std::string info = "forewarn_instance_info{domain=\"vm1\"";
  ASSERT_TRUE(binary_->WaitForMetric(info));
  prometheus_.Kill();
  EXPECT_TRUE(binary_->WaitForMetric("forewarn_up 0\n"));
  EXPECT_TRUE(testbed::WaitUntil(kPatience, [&] {
    const std::string metrics = binary_->Metrics();
    return !metrics.empty() && metrics.find(info) == std::string::npos;
  }));
  EXPECT_THAT(binary_->Metrics(), Not(HasSubstr("forewarn_tick_failures_total 0\n")));
  EXPECT_THAT(binary_->Metrics(), HasSubstr("forewarn_threshold_ratio{"));
  EXPECT_EQ(binary_->Get("/api/v1/predictions").status, 503);
  EXPECT_EQ(binary_->Get("/-/healthy").status, 200);
  prometheus_.Start();
  EXPECT_TRUE(binary_->WaitForMetric("forewarn_up 1\n"));
  EXPECT_TRUE(binary_->WaitForMetric(info));
}

}  // namespace
}  // namespace forewarn::exporter
