// SPDX-License-Identifier: Apache-2.0
#include "cli/backtest/table.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "common/config/yaml.h"

namespace forewarn::backtest {
namespace {

using Line = std::vector<std::string>;

std::string Number(const char* format, double number) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), format, number);
  return text.data();
}

std::string Ratio(std::size_t part, std::size_t whole) {
  return whole == 0 ? "-" : Number("%.2f", static_cast<double>(part) / static_cast<double>(whole));
}

std::string MedianLead(std::vector<double> leads) {
  if (leads.empty()) return "-";
  std::sort(leads.begin(), leads.end());
  const double median = (leads[(leads.size() - 1) / 2] + leads[leads.size() / 2]) / 2;
  return config::FormatDuration(std::chrono::seconds(static_cast<std::int64_t>(median)));
}

std::string PerDay(std::size_t alarms, double days) {
  return days > 0 ? Number("%.3g", static_cast<double>(alarms) / days) : "-";
}

Line LineOf(const Rule& rule, const std::vector<std::string>& faults, const Totals& totals, const Count& count) {
  return {rule.name,
          rule.fault ? faults[*rule.fault] : "any",
          std::to_string(count.windows),
          Ratio(count.detected, count.detected + count.false_alarms),
          Ratio(count.detected, count.windows),
          MedianLead(count.leads),
          std::to_string(count.false_alarms),
          PerDay(count.false_alarms, totals.days),
          std::to_string(count.mitigated)};
}

// Two columns of words to the left, numbers to the right.
std::string Align(const std::vector<Line>& lines) {
  std::vector<std::size_t> widths(lines.front().size(), 0);
  for (const Line& line : lines) {
    for (std::size_t c = 0; c < line.size(); ++c) widths[c] = std::max(widths[c], line[c].size());
  }
  std::string text;
  for (const Line& line : lines) {
    for (std::size_t c = 0; c < line.size(); ++c) {
      const std::string padding(widths[c] - line[c].size(), ' ');
      text += c < 2 ? line[c] + padding : padding + line[c];
      text += c + 1 < line.size() ? "  " : "\n";
    }
  }
  return text;
}

}  // namespace

std::string RenderTable(const std::vector<Rule>& rules, const std::vector<std::string>& faults, const Totals& totals) {
  const bool labelled = totals.counts.front().windows > 0;
  std::vector<Line> lines = {{"alarm at", "fault", "windows", "precision", "recall", "median lead", "false alarms",
                              "per instance-day", "mitigated"}};
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const Count& count = totals.counts[i];
    if (rules[i].fault && count.windows + count.false_alarms + count.mitigated == 0) continue;
    lines.push_back(LineOf(rules[i], faults, totals, count));
  }
  if (!labelled) {
    lines.front()[6] = "alarms";
    for (Line& line : lines) line.erase(line.begin() + 2, line.begin() + 6);
  }
  const bool mitigated =
      std::any_of(totals.counts.begin(), totals.counts.end(), [](const Count& count) { return count.mitigated > 0; });
  if (!mitigated) {
    for (Line& line : lines) line.pop_back();
  }
  return std::to_string(totals.instances) + (totals.instances == 1 ? " instance, " : " instances, ") +
         Number("%.4g", totals.days) + " instance-days" + (labelled ? "" : ", no labels") + "\n" + Align(lines);
}

}  // namespace forewarn::backtest
