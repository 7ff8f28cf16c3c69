// SPDX-License-Identifier: Apache-2.0
#include "cli/backtest/mapping.h"

#include <fnmatch.h>

#include <algorithm>

#include "cli/backtest/csv.h"
#include "common/config/yaml.h"

namespace forewarn::backtest {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using telemetry::IsMissing;
using telemetry::kMissing;

bool Matches(const std::string& glob, const std::string& name) { return fnmatch(glob.c_str(), name.c_str(), 0) == 0; }

std::string RequiredText(const config::Map& map, std::string_view key) {
  const auto node = map.Require(key);
  if (!node) return {};
  std::string text = node->String();
  if (text.empty()) node->Fail("empty");
  return text;
}

}  // namespace

Result<Mapping> Mapping::Parse(const std::string& name, const std::string& text) {
  const auto document = config::Document::Parse(name, text);
  if (!document) return document.error();
  Mapping mapping;
  const auto mappings = document->Root().AsMap().Require("mappings");
  for (const auto& item : mappings ? mappings->Items() : std::vector<config::Node>{}) {
    const config::Map under = item.AsMap();
    const std::string series = RequiredText(under, "series");
    const auto columns = under.Require("columns");
    for (const auto& column : columns ? columns->Items() : std::vector<config::Node>{}) {
      const config::Map line = column.AsMap();
      mapping.lines_.push_back({series,
                                RequiredText(line, "column"),
                                line.String("signal"),
                                {line.Number("factor", 1), line.Number("offset", 0), line.Bool("rate", false)},
                                line.Bool("drop", false),
                                column.Where()});
    }
  }
  if (auto finished = document->Finish(); !finished) return finished.error();
  return mapping;
}

Result<Mapping> Mapping::Load(const std::string& path) {
  const auto text = ReadFile(path);
  return text ? Parse(path, *text) : Result<Mapping>(text.error());
}

Result<std::vector<Derived>> Mapping::Of(const std::string& series, const std::vector<std::string>& columns) const {
  std::vector<Derived> derived;
  std::string mistake;
  const auto add = [&](Derived one, const std::string& where) {
    const auto same =
        std::find_if(derived.begin(), derived.end(), [&](const Derived& d) { return d.signal == one.signal; });
    if (same == derived.end()) return derived.push_back(std::move(one));
    if (!mistake.empty()) return;
    mistake = (where.empty() ? series : where) + ": " + columns[same->column] + " and " + columns[one.column] + " of " +
              series + " would both be the signal " + one.signal;
  };
  for (std::size_t c = 0; c < columns.size(); ++c) {
    bool named = false;
    for (const Line& line : lines_) {
      if (!Matches(line.series, series) || !Matches(line.column, columns[c])) continue;
      named = true;
      if (!line.drop) add({line.signal.empty() ? columns[c] : line.signal, c, line.conversion}, line.where);
    }
    if (!named) add({columns[c], c, {}}, {});
  }
  if (!mistake.empty()) return Error{ErrorCode::kInvalid, mistake};
  return derived;
}

double Converter::Next(double time, double value) {
  if (conversion_.rate) value = Rate(time, value);
  return IsMissing(value) ? kMissing : value * conversion_.factor + conversion_.offset;
}

double Converter::Rate(double time, double value) {
  if (IsMissing(value)) return kMissing;
  const double before = last_value_, elapsed = time - last_time_;
  last_value_ = value;
  last_time_ = time;
  if (IsMissing(before) || elapsed <= 0) return kMissing;
  return (value >= before ? value - before : value) / elapsed;
}

}  // namespace forewarn::backtest
