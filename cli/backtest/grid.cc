// SPDX-License-Identifier: Apache-2.0
#include "cli/backtest/grid.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace forewarn::backtest {

std::string Align(const std::vector<Line>& lines, std::size_t words) {
  std::vector<std::size_t> widths(lines.front().size(), 0);
  for (const Line& line : lines) {
    for (std::size_t c = 0; c < line.size(); ++c) widths[c] = std::max(widths[c], line[c].size());
  }
  std::string text;
  for (const Line& line : lines) {
    for (std::size_t c = 0; c < line.size(); ++c) {
      const std::string padding(widths[c] - line[c].size(), ' ');
      text += c < words ? line[c] + padding : padding + line[c];
      text += c + 1 < line.size() ? "  " : "\n";
    }
  }
  return text;
}

std::string Number(const char* format, double number) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), format, number);
  return text.data();
}

}  // namespace forewarn::backtest
