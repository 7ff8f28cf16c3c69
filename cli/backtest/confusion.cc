// SPDX-License-Identifier: Apache-2.0
#include "cli/backtest/confusion.h"

#include <set>
#include <vector>

#include "cli/backtest/grid.h"

namespace forewarn::backtest {
namespace {

std::size_t At(const Confusion& confusion, const std::string& label, const std::string& name) {
  const auto found = confusion.find({label, name});
  return found == confusion.end() ? 0 : found->second;
}

}  // namespace

std::string RenderConfusion(const Confusion& confusion) {
  if (confusion.empty()) return "";
  std::set<std::string> labels, names;
  for (const auto& [pair, windows] : confusion) {
    labels.insert(pair.first);
    names.insert(pair.second);
  }
  names.insert(labels.begin(), labels.end());
  std::vector<Line> lines = {{"label \\ said"}};
  lines.front().insert(lines.front().end(), names.begin(), names.end());
  double right = 0;
  for (const auto& label : labels) {
    Line line = {label};
    std::size_t all = 0;
    for (const auto& name : names) {
      const std::size_t windows = At(confusion, label, name);
      line.push_back(windows == 0 ? "." : std::to_string(windows));
      all += windows;
    }
    right += static_cast<double>(At(confusion, label, label)) / static_cast<double>(all);
    lines.push_back(std::move(line));
  }
  return Align(lines, 1) + "balanced accuracy " + Number("%.3f", right / static_cast<double>(labels.size())) + "\n";
}

}  // namespace forewarn::backtest
