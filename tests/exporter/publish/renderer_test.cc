// SPDX-License-Identifier: Apache-2.0
#include "exporter/publish/renderer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <limits>

#include "tests/exporter/publish/fixture.h"

namespace forewarn::publish {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string TextOf(const Report& report) {
  std::string out;
  AppendSeries(report, out);
  return out;
}

std::string TextOf(SampleTick& tick) { return TextOf(*ReportOf(tick.Of(), nullptr)); }

TEST(Renderer, WritesEverySeriesOfATick) {
  SampleTick tick;
  const std::string text = TextOf(tick);
  for (const char* line : {
           "# TYPE forewarn_fault_confidence_ratio gauge\n",
           "forewarn_fault_confidence_ratio{domain=\"vm1\",fault=\"DiskContention\"} 0.75\n",
           "forewarn_fault_confidence_ratio{domain=\"v\\\"m\\n2\",fault=\"Unknown\"} 0.9\n",
           "forewarn_fault_severity_ratio{domain=\"vm1\",fault=\"DiskContention\"} 0.5\n",
           "forewarn_fault_expected_timestamp_seconds{domain=\"vm1\",fault=\"DiskContention\"} ",
           "forewarn_fault_horizon_seconds{domain=\"vm1\",fault=\"DiskContention\"} 300\n",
           "forewarn_signal_anomaly_score{domain=\"vm1\",signal=\"disk_latency\"} 3.5\n",
           "forewarn_signal_value{domain=\"vm1\",signal=\"disk_latency\"} 0.2\n",
           "forewarn_signal_forecast{domain=\"vm1\",signal=\"disk_latency\",bound=\"lower\"} 0.01\n",
           "forewarn_signal_forecast{domain=\"vm1\",signal=\"disk_latency\",bound=\"expected\"} 0.02\n",
           "forewarn_signal_forecast{domain=\"vm1\",signal=\"disk_latency\",bound=\"upper\"} 0.03\n",
           "forewarn_instance_info{domain=\"vm1\",hypervisor=\"host1\"} 1\n",
       }) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

TEST(Renderer, SaysWhatIsThere) {
  SampleTick before, tick;
  EXPECT_THAT(TextOf(before), Not(HasSubstr("forewarn_fault_manifested{")));
  tick.output.predictions[0].manifested = true;
  EXPECT_THAT(TextOf(tick), HasSubstr("forewarn_fault_manifested{domain=\"vm1\",fault=\"DiskContention\"} 1\n"));
}

TEST(Renderer, SaysWhichExperimentsWouldTeachMost) {
  SampleTick before, tick;
  EXPECT_THAT(TextOf(before), Not(HasSubstr("forewarn_experiment_value_ratio{")));
  tick.output.experiments = {{0, "DiskContention", 0.75}, {1, "MemoryLeak", 0.5}};
  const std::string text = TextOf(tick);
  EXPECT_THAT(text, HasSubstr("forewarn_experiment_value_ratio{fault=\"DiskContention\",domain=\"vm1\"} 0.75\n"));
  EXPECT_THAT(text, HasSubstr("forewarn_experiment_value_ratio{fault=\"MemoryLeak\",domain=\"v\\\"m\\n2\"} 0.5\n"));
}

TEST(Renderer, OnePredictionOfAHypervisorStandsForThoseOfItsInstances) {
  SampleTick tick;
  tick.ShareByHost();
  const std::string text = TextOf(tick);
  EXPECT_THAT(
      text,
      HasSubstr("forewarn_hypervisor_fault_confidence_ratio{hypervisor=\"host1\",fault=\"DiskContention\"} 0.75\n"));
  EXPECT_THAT(text,
              HasSubstr("forewarn_hypervisor_fault_instances{hypervisor=\"host1\",fault=\"DiskContention\"} 1\n"));
  EXPECT_THAT(text, Not(HasSubstr("domain=\"vm1\",fault=\"DiskContention\"")));
  EXPECT_THAT(text, HasSubstr("fault=\"Unknown\"} 0.9\n"));
}

TEST(Renderer, LeavesOutWhatIsUnknown) {
  SampleTick tick;
  const std::string text = TextOf(tick);
  EXPECT_THAT(text, Not(HasSubstr("forewarn_fault_expected_timestamp_seconds{domain=\"v\\\"m")));
  EXPECT_THAT(text, Not(HasSubstr("forewarn_instance_info{domain=\"v\\\"m")));
  EXPECT_THAT(text, Not(HasSubstr("an\n")));  // NaN, nan
}

TEST(Renderer, GivesTheSameTextOfTheNextReportAndFollowsWhatChanges) {
  SampleTick tick;
  const auto first = ReportOf(SampleTick(tick).Of(), nullptr);
  const std::string text = TextOf(*first);
  EXPECT_EQ(TextOf(*ReportOf(SampleTick(tick).Of(), first.get())), text);
  tick.instances.SlotOf("vm3");
  tick.output.predictions.push_back({2, "Unknown", 0.1, 0, 0, 600, {}});
  tick.hypervisors = {"host2"};
  const std::string later = TextOf(*ReportOf(tick.Of(), first.get()));
  EXPECT_THAT(later, HasSubstr("forewarn_fault_confidence_ratio{domain=\"vm3\",fault=\"Unknown\"} 0.1\n"));
  EXPECT_THAT(later, HasSubstr("forewarn_instance_info{domain=\"vm1\",hypervisor=\"host2\"} 1\n"));
  EXPECT_THAT(later, Not(HasSubstr("host1")));
  EXPECT_EQ(TextOf(*first), text);
}

TEST(Renderer, AFamilyIsOneGroupAndSoIsEachOfItsFaults) {
  SampleTick tick;
  tick.output.predictions.push_back({1, "DiskContention", 0.125, 0.5, 1700000060.5, 2592000, {}});
  const std::string text = TextOf(tick);
  EXPECT_THAT(text, HasSubstr("forewarn_fault_confidence_ratio{domain=\"vm1\",fault=\"DiskContention\"} 0.75\n"
                              "forewarn_fault_confidence_ratio{domain=\"v\\\"m\\n2\",fault=\"DiskContention\"} 0.125\n"
                              "forewarn_fault_confidence_ratio{domain=\"v\\\"m\\n2\",fault=\"Unknown\"} 0.9\n"));
  EXPECT_THAT(text,
              HasSubstr("forewarn_fault_horizon_seconds{domain=\"v\\\"m\\n2\",fault=\"DiskContention\"} 2592000\n"));
}

TEST(Renderer, ASignalWithoutAScoreSaysNothing) {
  SampleTick tick;
  constexpr float kInfinite = std::numeric_limits<float>::infinity();
  tick.output.signals[0] = {{detectors::Anomaly::kNone, 1, 2}, {0.25f, 17179869184, kInfinite}};
  tick.output.signals.forecasts[0] = {{}, {17179869184, kInfinite}};
  const std::string text = TextOf(tick);
  EXPECT_THAT(text, Not(HasSubstr("domain=\"vm1\",signal")));
  EXPECT_THAT(text, Not(HasSubstr("bound=\"lower\"")));
  EXPECT_THAT(text, HasSubstr("signal=\"disk_latency\"} 0.25\n"));
  EXPECT_THAT(text, HasSubstr("bound=\"expected\"} 17179869184\n"));
}

// What a scraper makes of it is what promtool makes of it.
TEST(Renderer, IsAnExpositionThatPromtoolTakes) {
  if (std::system("promtool --version >/dev/null 2>&1") != 0) GTEST_SKIP() << "promtool is not installed";
  SampleTick tick;
  tick.ShareByHost();
  tick.output.experiments = {{0, "DiskContention", 0.75}};
  const std::string text = TextOf(tick) + RenderThresholds({{"MemoryLeak", {0.5, 0.6, 0.7}}});
  FILE* promtool = popen("promtool check metrics >/dev/null 2>&1", "w");
  ASSERT_NE(promtool, nullptr);
  std::fwrite(text.data(), 1, text.size(), promtool);
  EXPECT_EQ(pclose(promtool), 0) << text;
}

}  // namespace
}  // namespace forewarn::publish
