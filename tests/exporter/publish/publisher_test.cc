// SPDX-License-Identifier: Apache-2.0
#include "exporter/publish/publisher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

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

TEST(Publisher, PredictionsVanishWhenTheyAreOld) {
  fakes::FakeClock clock;
  Publisher publisher(clock);
  publisher.SetMaxAge(std::chrono::seconds(60));
  EXPECT_EQ(publisher.Current(), nullptr);
  EXPECT_FALSE(publisher.HasPublished());

  publisher.Publish(SampleTick().Of());
  clock.Advance(std::chrono::seconds(60));
  ASSERT_NE(publisher.Current(), nullptr);
  EXPECT_EQ(publisher.Current()->hypervisors[0], "host1");
  EXPECT_THAT(TextOf(publisher), HasSubstr("forewarn_fault_confidence_ratio"));

  clock.Advance(std::chrono::milliseconds(1));
  EXPECT_EQ(publisher.Current(), nullptr);
  EXPECT_EQ(TextOf(publisher), "");
  EXPECT_TRUE(publisher.HasPublished());

  publisher.Publish(SampleTick().Of());
  EXPECT_NE(publisher.Current(), nullptr);
}

TEST(Publisher, WhatIsBeingReadStaysAsItIs) {
  fakes::FakeClock clock;
  Publisher publisher(clock);
  publisher.Publish(SampleTick().Of());
  const auto report = publisher.Current();
  SampleTick next;
  next.output.predictions.clear();
  publisher.Publish(next.Of());
  EXPECT_EQ(report->predictions.size(), 2u);
  EXPECT_TRUE(publisher.Current()->predictions.empty());
  EXPECT_THAT(TextOf(publisher), Not(HasSubstr("forewarn_fault_confidence_ratio{")));
}

TEST(Publisher, IsReadWhileItPublishes) {
  Publisher publisher;
  SampleTick sample;
  publisher.Publish(SampleTick(sample).Of());
  std::atomic<bool> done = false;
  std::thread scraper([&] {
    while (!done) EXPECT_THAT(TextOf(publisher), HasSubstr("signal=\"disk_latency\"} 3.5\n"));
  });
  for (int tick = 0; tick < 200; ++tick) {
    sample.instances.SlotOf("vm" + std::to_string(tick));
    SampleTick said(sample);
    publisher.Publish({said.snapshot, said.output, said.hypervisors});
  }
  done = true;
  scraper.join();
  EXPECT_EQ(publisher.Current()->domains->names.size(), 201u);
}

TEST(Publisher, ThresholdsStayWithoutPredictions) {
  fakes::FakeClock clock;
  Publisher publisher(clock);
  publisher.SetThresholds({{"MemoryLeak", {0.5, 0.6, 0.7}}, {"Unknown", {0.9, 0.9, 1}}});
  const std::string text = TextOf(publisher);
  EXPECT_THAT(text, HasSubstr("forewarn_threshold_ratio{fault=\"MemoryLeak\",stage=\"notify\"} 0.5\n"));
  EXPECT_THAT(text, HasSubstr("forewarn_threshold_ratio{fault=\"MemoryLeak\",stage=\"experiment\"} 0.6\n"));
  EXPECT_THAT(text, HasSubstr("forewarn_threshold_ratio{fault=\"Unknown\",stage=\"mitigate\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("forewarn_threshold_ratio{fault=\"Unknown\",stage=\"knowledge\"} 0.6\n"));
}

}  // namespace
}  // namespace forewarn::publish
