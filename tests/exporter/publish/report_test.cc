// SPDX-License-Identifier: Apache-2.0
#include "exporter/publish/report.h"

#include <gtest/gtest.h>

#include "tests/exporter/publish/fixture.h"

namespace forewarn::publish {
namespace {

TEST(Report, TakesWhatIsToldAndCopiesNothing) {
  SampleTick tick;
  tick.ShareByHost();
  const auto report = ReportOf(tick.Of(), nullptr);
  ASSERT_EQ(report->predictions.size(), 2u);
  ASSERT_EQ(report->joint.size(), 1u);
  EXPECT_TRUE(tick.output.predictions.empty());
  EXPECT_EQ(report->time, 1700000000);
  EXPECT_EQ(report->DomainOf(1), "v\"m\n2");
  EXPECT_EQ(report->signals, std::vector<std::string>{"disk_latency"});
  ASSERT_EQ(report->states[0].size(), 1u);
  EXPECT_FLOAT_EQ(report->states[0][0].score, 3.5F);
  EXPECT_FLOAT_EQ(report->forecasts[0][0].upper(), 0.03F);
  EXPECT_TRUE(tick.output.signals[0].empty());
}

TEST(Report, CountsWhoIsKnownAmongThoseWithAValue) {
  SampleTick tick;
  tick.instances.SlotOf("vm3");
  tick.snapshot.columns = {{1, telemetry::kMissing}, {2, telemetry::kMissing, 3}};
  tick.output.instances = {{0, 0.1}};
  const auto report = ReportOf(tick.Of(), nullptr);
  EXPECT_EQ(report->judged, 1u);
  EXPECT_EQ(report->warming, 1u);
}

TEST(Report, NamesAreKeptUntilOneIsAdded) {
  SampleTick tick;
  const auto first = ReportOf(tick.Of(), nullptr);
  const auto second = ReportOf(tick.Of(), first.get());
  EXPECT_EQ(second->domains, first->domains);
  tick.instances.SlotOf("vm3");
  const auto third = ReportOf(tick.Of(), second.get());
  EXPECT_NE(third->domains, second->domains);
  EXPECT_EQ(third->domains->names.back(), "vm3");
  EXPECT_EQ(third->domains->labels.At(1), "v\\\"m\\n2");
  EXPECT_EQ(second->domains->names.size(), 2u);
}

TEST(Report, NamesOfAnotherTableAreOthers) {
  SampleTick tick, other;
  const auto first = ReportOf(tick.Of(), nullptr);
  EXPECT_NE(ReportOf(other.Of(), first.get())->domains, first->domains);
}

}  // namespace
}  // namespace forewarn::publish
