// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/metric_family.h>
#include <prometheus/registry.h>
#include <prometheus/summary.h>

#include <limits>

#include "common/metrics/metrics.h"

namespace forewarn::metrics {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

std::string Written(const std::vector<MetricFamily>& families, Exposition exposition) {
  std::string out;
  AppendFamilies(families, exposition, out);
  return out;
}

std::string Text(const std::vector<MetricFamily>& families) { return Written(families, Exposition::kText); }
std::string OpenMetrics(const std::vector<MetricFamily>& families) {
  return Written(families, Exposition::kOpenMetrics);
}

MetricFamily Gauge(std::string help, std::string label_value, double value) {
  ClientMetric metric;
  metric.label = {{"a", std::move(label_value)}};
  metric.gauge.value = value;
  return {"g", std::move(help), MetricType::Gauge, {metric}};
}

TEST(Families, CountersAreNamedAsEachFormatWantsIt) {
  prometheus::Registry registry;
  auto& family = prometheus::BuildCounter().Name("requests_total").Help("Requests.").Register(registry);
  family.Add({{"code", "200"}}).Increment(3);
  EXPECT_EQ(Text(registry.Collect()),
            "# HELP requests_total Requests.\n# TYPE requests_total counter\nrequests_total{code=\"200\"} 3\n");
  EXPECT_EQ(OpenMetrics(registry.Collect()),
            "# HELP requests Requests.\n# TYPE requests counter\nrequests_total{code=\"200\"} 3\n");
}

TEST(Families, ACounterWithoutTotalGetsItInOpenMetrics) {
  MetricFamily family{"odd", "h", MetricType::Counter, {ClientMetric{}}};
  EXPECT_EQ(Text({family}), "# HELP odd h\n# TYPE odd counter\nodd 0\n");
  EXPECT_EQ(OpenMetrics({family}), "# HELP odd h\n# TYPE odd counter\nodd_total 0\n");
}

TEST(Families, HelpAndLabelsAreEscaped) {
  const auto family = Gauge("a \"quoted\"\nline\\", "x\"y\nz\\", 1);
  EXPECT_EQ(Text({family}), "# HELP g a \"quoted\"\\nline\\\\\n# TYPE g gauge\ng{a=\"x\\\"y\\nz\\\\\"} 1\n");
  EXPECT_EQ(OpenMetrics({family}), "# HELP g a \\\"quoted\\\"\\nline\\\\\n# TYPE g gauge\ng{a=\"x\\\"y\\nz\\\\\"} 1\n");
}

TEST(Families, InvalidUtf8IsReplaced) {
  EXPECT_THAT(Text({Gauge("h", "x\xFFy", 1)}), ::testing::HasSubstr("g{a=\"x\uFFFDy\"} 1\n"));
}

TEST(Families, NumbersAreTheShortestThatReadBack) {
  const std::pair<double, const char*> cases[] = {
      {0, "0"},
      {-0.5, "-0.5"},
      {0.1 + 0.2, "0.30000000000000004"},
      {1700000000.123, "1700000000.123"},
      {1e300, "1e+300"},
      {5e-324, "5e-324"},
      {std::numeric_limits<double>::infinity(), "+Inf"},
      {-std::numeric_limits<double>::infinity(), "-Inf"},
      {std::numeric_limits<double>::quiet_NaN(), "NaN"},
  };
  for (const auto& [value, written] : cases) {
    EXPECT_THAT(Text({Gauge("h", "x", value)}), ::testing::EndsWith(std::string("} ") + written + "\n"));
  }
}

TEST(Families, HistogramsHaveCumulativeBucketsUpToInfinity) {
  prometheus::Registry registry;
  auto& histogram = prometheus::BuildHistogram()
                        .Name("d_seconds")
                        .Help("D.")
                        .Register(registry)
                        .Add({{"q", "x"}}, prometheus::Histogram::BucketBoundaries{0.00001, 0.5, 1, 100000, 1e6});
  histogram.Observe(0.1);
  histogram.Observe(0.75);
  EXPECT_EQ(Text(registry.Collect()),
            "# HELP d_seconds D.\n# TYPE d_seconds histogram\n"
            "d_seconds_bucket{q=\"x\",le=\"1e-05\"} 0\nd_seconds_bucket{q=\"x\",le=\"0.5\"} 1\n"
            "d_seconds_bucket{q=\"x\",le=\"1\"} 2\nd_seconds_bucket{q=\"x\",le=\"100000\"} 2\n"
            "d_seconds_bucket{q=\"x\",le=\"1e+06\"} 2\nd_seconds_bucket{q=\"x\",le=\"+Inf\"} 2\n"
            "d_seconds_sum{q=\"x\"} 0.85\nd_seconds_count{q=\"x\"} 2\n");
  EXPECT_THAT(OpenMetrics(registry.Collect()),
              ::testing::HasSubstr("le=\"1.0\"} 2\nd_seconds_bucket{q=\"x\",le=\"100000.0\"}"));
}

TEST(Families, AHistogramWithoutItsLastBucketGetsIt) {
  ClientMetric metric;
  metric.histogram = {.sample_count = 7, .sample_sum = 3.5, .bucket = {{.cumulative_count = 2, .upper_bound = 1}}};
  EXPECT_EQ(Text({{"h", "h", MetricType::Histogram, {metric}}}),
            "# HELP h h\n# TYPE h histogram\nh_bucket{le=\"1\"} 2\nh_bucket{le=\"+Inf\"} 7\nh_sum 3.5\nh_count 7\n");
}

TEST(Families, SummariesHaveTheirQuantiles) {
  ClientMetric metric;
  metric.summary = {.sample_count = 2, .sample_sum = 3, .quantile = {{0.5, 1}, {1, 2}}};
  const MetricFamily family{"s", "h", MetricType::Summary, {metric}};
  EXPECT_EQ(Text({family}),
            "# HELP s h\n# TYPE s summary\ns{quantile=\"0.5\"} 1\ns{quantile=\"1\"} 2\ns_sum 3\ns_count 2\n");
  EXPECT_THAT(OpenMetrics({family}), ::testing::HasSubstr("s{quantile=\"1.0\"} 2\n"));
}

TEST(Families, UntypedIsUnknownInOpenMetricsAndTimesAreInItsUnit) {
  ClientMetric metric;
  metric.untyped.value = 4;
  metric.timestamp_ms = 1700000000123;
  const MetricFamily family{"u", "h", MetricType::Untyped, {metric}};
  EXPECT_EQ(Text({family}), "# HELP u h\n# TYPE u untyped\nu 4 1700000000123\n");
  EXPECT_EQ(OpenMetrics({family}), "# HELP u h\n# TYPE u unknown\nu 4 1700000000.123\n");
}

TEST(Families, WithoutASeriesThereIsNoFamily) { EXPECT_EQ(Text({{"g", "h", MetricType::Gauge, {}}}), ""); }

TEST(GaugeFamily, WritesWhatTheGeneralWriterWrites) {
  const GaugeFamily family("g", "two\nlines\\");
  for (const double value : {1.0, -0.001, 1e21, std::numeric_limits<double>::quiet_NaN()}) {
    std::string bulk;
    family.AppendHeader(bulk);
    GaugeFamily::AppendSample(family.Prefix({{"a", "x\"\n\\"}}), value, bulk);
    const auto same = Gauge("two\nlines\\", "x\"\n\\", value);
    EXPECT_EQ(bulk, Text({same}));
    EXPECT_EQ(bulk, OpenMetrics({same}));
  }
}

TEST(GaugeFamily, PrefixesEndWhereTheValueBegins) {
  const GaugeFamily family("g", "say \"hi\"");
  EXPECT_EQ(family.Prefix({}), "g ");
  EXPECT_EQ(family.Prefix({{"a", "1"}, {"b", ""}}), "g{a=\"1\",b=\"\"} ");
  std::string header;
  family.AppendHeader(header);
  EXPECT_EQ(header, "# HELP g say 'hi'\n# TYPE g gauge\n");
}

}  // namespace
}  // namespace forewarn::metrics
