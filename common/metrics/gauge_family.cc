// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "common/metrics/format.h"
#include "common/metrics/metrics.h"

namespace forewarn::metrics {
namespace {

void AppendLabels(char separator, const GaugeFamily::Labels& labels, std::string& out) {
  for (const auto& [label, value] : labels) {
    out += separator;
    out.append(label).append("=\"");
    AppendLabelValue(value, out);
    out += '"';
    separator = ',';
  }
}

}  // namespace

GaugeFamily::GaugeFamily(std::string name, std::string help) : name_(std::move(name)), help_(std::move(help)) {
  std::replace(help_.begin(), help_.end(), '"', '\'');
}

std::string GaugeFamily::Prefix(const Labels& labels) const {
  std::string prefix = name_;
  AppendLabels('{', labels, prefix);
  prefix += labels.empty() ? " " : "} ";
  return prefix;
}

GaugeFamily::Parts GaugeFamily::Around(std::string_view first, const Labels& others) const {
  Parts parts{name_ + "{" + std::string(first) + "=\"", "\""};
  AppendLabels(',', others, parts.after);
  parts.after += "} ";
  return parts;
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
