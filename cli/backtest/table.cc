// SPDX-License-Identifier: Apache-2.0
#include "cli/backtest/table.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "cli/backtest/grid.h"
#include "common/config/yaml.h"

namespace forewarn::backtest {
namespace {

std::string Ratio(std::size_t part, std::size_t whole) {
  return whole == 0 ? "-" : Number("%.2f", static_cast<double>(part) / static_cast<double>(whole));
}

double Median(std::vector<double> numbers) {
  std::sort(numbers.begin(), numbers.end());
  return (numbers[(numbers.size() - 1) / 2] + numbers[numbers.size() / 2]) / 2;
}

std::string MedianLead(const std::vector<double>& leads) {
  if (leads.empty()) return "-";
  return config::FormatDuration(std::chrono::seconds(static_cast<std::int64_t>(Median(leads))));
}

std::string Early(const std::vector<double>& early) {
  const auto in_time = std::count_if(early.begin(), early.end(), [](double lead) { return lead > 0; });
  return Ratio(static_cast<std::size_t>(in_time), early.size());
}

// The least that nine of ten keep.
std::string Ninth(std::vector<double> delays) {
  if (delays.empty()) return "-";
  std::sort(delays.begin(), delays.end());
  const double delay = delays[(9 * delays.size() + 9) / 10 - 1];
  return std::isfinite(delay) ? Number("%.3g", delay) : "missed";
}

std::string PerDay(std::size_t alarms, double days) {
  return days > 0 ? Number("%.3g", static_cast<double>(alarms) / days) : "-";
}

struct Column {
  const char* title;
  std::function<std::string(const Count&)> cell;
};

bool Any(const Totals& totals, const std::function<bool(const Count&)>& holds) {
  return std::any_of(totals.counts.begin(), totals.counts.end(), holds);
}

// What there is something to say of.
std::vector<Column> ColumnsOf(const Totals& totals) {
  std::vector<Column> columns;
  const bool labelled = totals.counts.front().windows > 0;
  if (labelled) {
    columns = {{"windows", [](const Count& of) { return std::to_string(of.windows); }},
               {"precision", [](const Count& of) { return Ratio(of.detected, of.detected + of.false_alarms); }},
               {"recall", [](const Count& of) { return Ratio(of.detected, of.windows); }},
               {"median lead", [](const Count& of) { return MedianLead(of.leads); }}};
  }
  columns.push_back(
      {labelled ? "false alarms" : "alarms", [](const Count& of) { return std::to_string(of.false_alarms); }});
  columns.push_back(
      {"per instance-day", [days = totals.days](const Count& of) { return PerDay(of.false_alarms, days); }});
  if (Any(totals, [](const Count& of) { return !of.early.empty(); })) {
    columns.push_back({"gradual: early", [](const Count& of) { return Early(of.early); }});
    columns.push_back({"lead / onset to breach",
                       [](const Count& of) { return of.early.empty() ? "-" : Number("%.2f", Median(of.early)); }});
  }
  if (Any(totals, [](const Count& of) { return !of.delays.empty(); })) {
    columns.push_back({"abrupt: 90 % within steps", [](const Count& of) { return Ninth(of.delays); }});
  }
  if (Any(totals, [](const Count& of) { return of.mitigated > 0; })) {
    columns.push_back({"mitigated", [](const Count& of) { return std::to_string(of.mitigated); }});
  }
  return columns;
}

}  // namespace

std::string RenderTable(const std::vector<Rule>& rules, const std::vector<std::string>& faults, const Totals& totals) {
  const auto columns = ColumnsOf(totals);
  std::vector<Line> lines = {{"alarm at", "fault"}};
  for (const Column& column : columns) lines.front().emplace_back(column.title);
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const Count& count = totals.counts[i];
    if (rules[i].fault && count.windows + count.false_alarms + count.mitigated == 0) continue;
    lines.push_back({rules[i].name, rules[i].fault ? faults[*rules[i].fault] : "any"});
    for (const Column& column : columns) lines.back().push_back(column.cell(count));
  }
  return std::to_string(totals.instances) + (totals.instances == 1 ? " instance, " : " instances, ") +
         Number("%.4g", totals.days) + " instance-days" + (totals.counts.front().windows > 0 ? "" : ", no labels") +
         "\n" + Align(lines, 2);
}

}  // namespace forewarn::backtest
