// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "common/metrics/format.h"
#include "common/metrics/metrics.h"

namespace forewarn::metrics {

GaugeFamily::GaugeFamily(std::string name, std::string help) : name_(std::move(name)), help_(std::move(help)) {
  std::replace(help_.begin(), help_.end(), '"', '\'');
}

std::string GaugeFamily::Prefix(const std::vector<std::pair<std::string_view, std::string_view>>& labels) const {
  std::string prefix = name_;
  char separator = '{';
  for (const auto& [label, value] : labels) {
    prefix += separator;
    prefix.append(label).append("=\"");
    AppendLabelValue(value, prefix);
    prefix += '"';
    separator = ',';
  }
  prefix += labels.empty() ? " " : "} ";
  return prefix;
}

void GaugeFamily::AppendHeader(std::string& out) const {
  out.append("# HELP ").append(name_).append(" ");
  AppendHelpText(help_, Exposition::kText, out);
  out.append("\n# TYPE ").append(name_).append(" gauge\n");
}

void GaugeFamily::AppendSample(std::string_view prefix, double value, std::string& out) {
  out += prefix;
  AppendNumber(value, out);
  out += '\n';
}

}  // namespace forewarn::metrics
