// SPDX-License-Identifier: Apache-2.0
// Writers over prometheus-cpp's families.
// https://prometheus.io/docs/instrumenting/exposition_formats/ and
// https://prometheus.io/docs/specs/om/open_metrics_spec/
#include <prometheus/metric_family.h>

#include <cmath>
#include <limits>

#include "common/metrics/format.h"
#include "common/metrics/metrics.h"

namespace forewarn::metrics {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

struct Bound {
  std::string_view label;  // le or quantile
  double value;
};

std::string_view TypeName(MetricType type, Exposition exposition) {
  switch (type) {
    case MetricType::Counter:
      return "counter";
    case MetricType::Gauge:
      return "gauge";
    case MetricType::Summary:
      return "summary";
    case MetricType::Histogram:
      return "histogram";
    default:
      return exposition == Exposition::kOpenMetrics ? "unknown" : "untyped";
  }
}

// Writes one family.
class Writer {
 public:
  Writer(const MetricFamily& family, Exposition exposition, std::string& out)
      : family_(family), exposition_(exposition), out_(out), name_(family.name) {
    // OpenMetrics names a counter without _total, and its samples with it.
    if (exposition == Exposition::kOpenMetrics && family.type == MetricType::Counter) {
      name_.remove_suffix(name_.ends_with("_total") ? 6 : 0);
      counter_suffix_ = "_total";
    }
  }

  void Write() {
    out_.append("# HELP ").append(name_).append(" ");
    AppendHelpText(family_.help, exposition_, out_);
    out_.append("\n# TYPE ").append(name_).append(" ").append(TypeName(family_.type, exposition_)).append("\n");
    for (const ClientMetric& metric : family_.metric) {
      WriteMetric(metric);
    }
  }

 private:
  void WriteMetric(const ClientMetric& metric) {
    switch (family_.type) {
      case MetricType::Counter:
        return WriteSample(metric, counter_suffix_, metric.counter.value);
      case MetricType::Gauge:
        return WriteSample(metric, "", metric.gauge.value);
      case MetricType::Summary:
        return WriteSummary(metric);
      case MetricType::Histogram:
        return WriteHistogram(metric);
      default:
        return WriteSample(metric, "", metric.untyped.value);
    }
  }

  void WriteSummary(const ClientMetric& metric) {
    for (const auto& quantile : metric.summary.quantile) {
      const Bound bound{"quantile", quantile.quantile};
      WriteName(metric, "", &bound);
      AppendNumber(quantile.value, out_);
      WriteEnd(metric);
    }
    WriteSample(metric, "_sum", metric.summary.sample_sum);
    WriteCount(metric, "_count", metric.summary.sample_count);
  }

  void WriteHistogram(const ClientMetric& metric) {
    const auto& histogram = metric.histogram;
    for (const auto& bucket : histogram.bucket) {
      WriteBucket(metric, bucket.upper_bound, bucket.cumulative_count);
    }
    if (histogram.bucket.empty() || !std::isinf(histogram.bucket.back().upper_bound)) {
      WriteBucket(metric, std::numeric_limits<double>::infinity(), histogram.sample_count);
    }
    WriteSample(metric, "_sum", histogram.sample_sum);
    WriteCount(metric, "_count", histogram.sample_count);
  }

  void WriteBucket(const ClientMetric& metric, double upper, std::uint64_t count) {
    const Bound bound{"le", upper};
    WriteName(metric, "_bucket", &bound);
    out_ += std::to_string(count);
    WriteEnd(metric);
  }

  void WriteSample(const ClientMetric& metric, std::string_view suffix, double value) {
    WriteName(metric, suffix, nullptr);
    AppendNumber(value, out_);
    WriteEnd(metric);
  }

  void WriteCount(const ClientMetric& metric, std::string_view suffix, std::uint64_t count) {
    WriteName(metric, suffix, nullptr);
    out_ += std::to_string(count);
    WriteEnd(metric);
  }

  void WriteName(const ClientMetric& metric, std::string_view suffix, const Bound* bound) {
    out_.append(name_).append(suffix);
    char separator = '{';
    for (const auto& label : metric.label) {
      out_ += separator;
      out_.append(label.name).append("=\"");
      AppendLabelValue(label.value, out_);
      out_ += '"';
      separator = ',';
    }
    if (bound != nullptr) {
      out_ += separator;
      out_.append(bound->label).append("=\"");
      AppendBound(bound->value, exposition_, out_);
      out_ += '"';
      separator = ',';
    }
    out_ += separator == ',' ? "} " : " ";
  }

  void WriteEnd(const ClientMetric& metric) {
    if (metric.timestamp_ms != 0) {
      out_ += ' ';
      if (exposition_ == Exposition::kOpenMetrics) {
        AppendNumber(static_cast<double>(metric.timestamp_ms) / 1000, out_);
      } else {
        out_ += std::to_string(metric.timestamp_ms);
      }
    }
    out_ += '\n';
  }

  const MetricFamily& family_;
  Exposition exposition_;
  std::string& out_;
  std::string_view name_, counter_suffix_;
};

}  // namespace

void AppendFamilies(const std::vector<MetricFamily>& families, Exposition exposition, std::string& out) {
  for (const MetricFamily& family : families) {
    if (!family.metric.empty()) {
      Writer(family, exposition, out).Write();
    }
  }
}

}  // namespace forewarn::metrics
