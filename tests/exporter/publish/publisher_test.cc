// SPDX-License-Identifier: Apache-2.0
#include "exporter/publish/publisher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/exporter/publish/fixture.h"
#include "tests/fakes/fake_clock.h"

namespace forewarn::publish {
namespace {

using metrics::Exposition;
using testing::HasSubstr;
using testing::Not;

std::string TextOf(const Publisher& publisher) {
  std::string out;
  publisher.Append(Exposition::kText, out);
  return out;
}

TEST(Renderer, WritesEverySeriesOfATick) {
  const SampleTick tick;
  const std::string text = Renderer().Render(tick.Of());
  for (const char* line : {
           "# TYPE forewarn_fault_confidence_ratio gauge\n",
           "forewarn_fault_confidence_ratio{domain=\"vm1\",fault=\"DiskContention\"} 0.75\n",
           "forewarn_fault_confidence_ratio{domain=\"v\\\"m\\n2\",fault=\"Unknown\"} 0.9\n",
           "forewarn_fault_severity_ratio{domain=\"vm1\",fault=\"DiskContention\"} 0.5\n",
           "forewarn_fault_expected_timestamp_seconds{domain=\"vm1\",fault=\"DiskContention\"} ",
           "forewarn_fault_horizon_seconds{domain=\"vm1\",fault=\"DiskContention\"} 300\n",
           "forewarn_signal_anomaly_score{domain=\"vm1\",signal=\"disk_latency\"} 3.5\n",
           "forewarn_signal_forecast{domain=\"vm1\",signal=\"disk_latency\",bound=\"lower\"} 0.005\n",
           "forewarn_signal_forecast{domain=\"vm1\",signal=\"disk_latency\",bound=\"expected\"} 0.01\n",
           "forewarn_signal_forecast{domain=\"vm1\",signal=\"disk_latency\",bound=\"upper\"} 0.015\n",
           "forewarn_instance_info{domain=\"vm1\",hypervisor=\"host1\"} 1\n",
       }) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

TEST(Renderer, OnePredictionOfAHypervisorStandsForThoseOfItsInstances) {
  SampleTick tick;
  tick.ShareByHost();
  const std::string text = Renderer().Render(tick.Of());
  EXPECT_THAT(
      text,
      HasSubstr("forewarn_hypervisor_fault_confidence_ratio{hypervisor=\"host1\",fault=\"DiskContention\"} 0.75\n"));
  EXPECT_THAT(text,
              HasSubstr("forewarn_hypervisor_fault_instances{hypervisor=\"host1\",fault=\"DiskContention\"} 1\n"));
  EXPECT_THAT(text, Not(HasSubstr("domain=\"vm1\",fault=\"DiskContention\"")));
  EXPECT_THAT(text, HasSubstr("fault=\"Unknown\"} 0.9\n"));
}

TEST(Renderer, LeavesOutWhatIsUnknown) {
  const SampleTick tick;
  const std::string text = Renderer().Render(tick.Of());
  EXPECT_THAT(text, Not(HasSubstr("forewarn_fault_expected_timestamp_seconds{domain=\"v\\\"m")));
  EXPECT_THAT(text, Not(HasSubstr("forewarn_instance_info{domain=\"v\\\"m")));
  EXPECT_THAT(text, Not(HasSubstr("an\n")));  // NaN, nan
}

TEST(Renderer, GivesTheSameTextFromKeptPrefixes) {
  SampleTick tick;
  Renderer renderer;
  const std::string first = renderer.Render(tick.Of());
  EXPECT_EQ(renderer.Render(tick.Of()), first);
  tick.instances.SlotOf("vm3");
  tick.output.predictions.push_back({2, "Unknown", 0.1, 0, 0, 600, {}});
  tick.hypervisors = {"host2"};
  const std::string later = renderer.Render(tick.Of());
  EXPECT_THAT(later, HasSubstr("forewarn_fault_confidence_ratio{domain=\"vm3\",fault=\"Unknown\"} 0.1\n"));
  EXPECT_THAT(later, HasSubstr("forewarn_instance_info{domain=\"vm1\",hypervisor=\"host2\"} 1\n"));
  EXPECT_THAT(later, Not(HasSubstr("host1")));
}

TEST(Publisher, PredictionsVanishWhenTheyAreOld) {
  fakes::FakeClock clock;
  Publisher publisher(clock);
  publisher.SetMaxAge(std::chrono::seconds(60));
  EXPECT_EQ(publisher.Current(), nullptr);
  EXPECT_FALSE(publisher.HasPublished());

  publisher.Publish(SampleTick().Of());
  clock.Advance(std::chrono::seconds(60));
  ASSERT_NE(publisher.Current(), nullptr);
  EXPECT_EQ(publisher.Current()->rows[0].hypervisor, "host1");
  EXPECT_THAT(TextOf(publisher), HasSubstr("forewarn_fault_confidence_ratio"));

  clock.Advance(std::chrono::milliseconds(1));
  EXPECT_EQ(publisher.Current(), nullptr);
  EXPECT_EQ(TextOf(publisher), "");
  EXPECT_TRUE(publisher.HasPublished());

  publisher.Publish(SampleTick().Of());
  EXPECT_NE(publisher.Current(), nullptr);
}

TEST(Publisher, ThresholdsStayWithoutPredictions) {
  fakes::FakeClock clock;
  Publisher publisher(clock);
  publisher.SetThresholds({{"MemoryLeak", {0.5, 0.6, 0.7}}, {"Unknown", {0.9, 0.9, 1}}});
  const std::string text = TextOf(publisher);
  EXPECT_THAT(text, HasSubstr("forewarn_threshold_ratio{fault=\"MemoryLeak\",stage=\"notify\"} 0.5\n"));
  EXPECT_THAT(text, HasSubstr("forewarn_threshold_ratio{fault=\"MemoryLeak\",stage=\"experiment\"} 0.6\n"));
  EXPECT_THAT(text, HasSubstr("forewarn_threshold_ratio{fault=\"Unknown\",stage=\"mitigate\"} 1\n"));
}

}  // namespace
}  // namespace forewarn::publish
