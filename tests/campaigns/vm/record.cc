// SPDX-License-Identifier: Apache-2.0
#include "tests/campaigns/vm/record.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>

namespace forewarn::campaign {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

const signals::Placeholders kPlaceholders{.window = "4s", .max_age = "5s", .domain = "domain", .match = ""};

// Of a service, told by the name of its guest.
std::string OfService(const std::string& expr) {
  return "label_replace(" + expr + ",\"domain\",\"$1\",\"service\",\"(.+)\")";
}

std::vector<signals::Definition> OwnSignals() {
  return {
      {"request_latency", "seconds", OfService("last_over_time(probe_duration_seconds[$max_age])")},
      {"request_failures", "ratio", OfService("1 - last_over_time(probe_success[$max_age])")},
  };
}

void AddNew(const std::vector<signals::Definition>& some, std::vector<signals::Definition>& all) {
  for (const auto& signal : some) {
    const bool known = std::any_of(all.begin(), all.end(), [&](const auto& one) { return one.name == signal.name; });
    if (!known) all.push_back(signal);
  }
}

bool IsOf(const promql::Series& series, const std::string& domain) {
  return std::find(series.labels.begin(), series.labels.end(), std::pair<std::string, std::string>("domain", domain)) !=
         series.labels.end();
}

}  // namespace

const std::vector<double>& Recording::Of(const std::string& signal) const {
  const auto at = std::find(signals.begin(), signals.end(), signal) - signals.begin();
  return columns.at(static_cast<std::size_t>(at));
}

std::vector<signals::Definition> RecordedSignals() {
  std::vector<signals::Definition> all;
  for (const char* name : {"node_exporter", "libvirt_exporter", "mtail"}) {
    for (const auto& preset : signals::Presets()) {
      if (preset.name == name) AddNew(preset.signals, all);
    }
  }
  AddNew(OwnSignals(), all);
  for (auto& signal : all) signal.expr = signals::Expand(signal.expr, kPlaceholders);
  return all;
}

Result<Recording> Record(promql::Client& source, const std::string& domain, double start, double end) {
  Recording recording;
  recording.start = std::floor(start);
  const auto rows = static_cast<std::size_t>(end - start) + 1;
  for (const auto& signal : RecordedSignals()) {
    const auto answer = source.QueryRange(signal.expr, start, end, 1);
    if (!answer) return answer.error();
    std::vector<double> column(rows, std::numeric_limits<double>::quiet_NaN());
    int claims = 0;
    for (const auto& series : *answer) {
      if (!IsOf(series, domain)) continue;
      if (++claims > 1) return Error{ErrorCode::kInvalid, signal.name + ": several rows for one domain"};
      for (std::size_t i = 0; i < series.times.size(); ++i) {
        column.at(static_cast<std::size_t>(std::lround(series.times[i] - start))) = series.values[i];
      }
    }
    recording.signals.push_back(signal.name);
    recording.columns.push_back(std::move(column));
  }
  return recording;
}

std::string ToCsv(const Recording& recording) {
  std::string csv = "timestamp";
  for (const auto& signal : recording.signals) csv += "," + signal;
  char text[32];
  for (std::size_t row = 0; row < recording.rows(); ++row) {
    std::snprintf(text, sizeof text, "\n%.0f", recording.start + static_cast<double>(row));
    csv += text;
    for (const auto& column : recording.columns) {
      std::snprintf(text, sizeof text, ",%.5g", column[row]);
      csv += std::isfinite(column[row]) ? text : ",";
    }
  }
  return csv + "\n";
}

}  // namespace forewarn::campaign
