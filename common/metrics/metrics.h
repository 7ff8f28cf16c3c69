// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <prometheus/collectable.h>
#include <prometheus/registry.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/http/server.h"

// /metrics: self-metrics in prometheus-cpp's registry, large series sets from the bulk renderer, both written in text
// format 0.0.4 or OpenMetrics 1.0 as the scraper asks (prometheus-cpp's own writer escapes no HELP).
namespace forewarn::metrics {

enum class Exposition { kText, kOpenMetrics };
Exposition Negotiate(std::string_view accept);  // highest q wins; fallback text
std::string ContentType(Exposition exposition);

// A set of gauge families rendered by itself; thread-safe. It writes whole families, HELP and TYPE included.
class BulkSource {
 public:
  virtual ~BulkSource() = default;
  virtual void Append(Exposition exposition, std::string& out) const = 0;
};

// Writes large gauge families without an allocation per series: the prefix `name{labels} ` is rendered once and kept.
// What it writes is valid in both formats; they escape a double quote in HELP differently, so it becomes a single one.
class GaugeFamily {
 public:
  GaugeFamily(std::string name, std::string help);
  using Labels = std::vector<std::pair<std::string_view, std::string_view>>;
  // The prefix of one series, to be kept by its owner; label values are escaped here.
  std::string Prefix(const Labels& labels) const;
  // Of series that differ in their first label only, what stands before and after its value: see bulk.h.
  struct Parts {
    std::string before, after;
  };
  Parts Around(std::string_view first, const Labels& others) const;
  void AppendHeader(std::string& out) const;
  static void AppendSample(std::string_view prefix, double value, std::string& out);  // shortest round-trip

 private:
  std::string name_, help_;
};

// Families of prometheus-cpp; those without a series are left out. The end of the exposition (# EOF) is the handler's.
void AppendFamilies(const std::vector<prometheus::MetricFamily>& families, Exposition exposition, std::string& out);

// process_*, from /proc/self.
std::shared_ptr<prometheus::Collectable> ProcessCollector();
// NAME_build_info{version,revision,compiler} 1
void RegisterBuildInfo(prometheus::Registry& registry, std::string_view name);
// Of --version, as Prometheus' own programs say it; several lines, the last one without its end.
std::string VersionText(std::string_view program);

// The handler of /metrics: everything collected at the moment of the scrape; gzip is the server's matter.
http::Handler MetricsHandler(std::vector<std::weak_ptr<const prometheus::Collectable>> collectables,
                             std::vector<std::weak_ptr<const BulkSource>> bulk);

}  // namespace forewarn::metrics
