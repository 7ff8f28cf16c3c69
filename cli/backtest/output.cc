// SPDX-License-Identifier: Apache-2.0
#include "cli/backtest/output.h"

#include <charconv>

namespace forewarn::backtest {
namespace {

void AppendNumber(double number, int digits, std::string& text) {
  char buffer[64];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, number, std::chars_format::general, digits).ptr;
  text.append(buffer, end);
}

void AppendCell(std::string_view cell, std::string& text) {
  if (cell.find_first_of(",\"\r\n") == std::string_view::npos) {
    text += cell;
    return;
  }
  text += '"';
  for (const char c : cell) text.append(c == '"' ? 2 : 1, c);
  text += '"';
}

}  // namespace

void AppendRow(std::string_view timestamp, std::string_view series, const Verdicts& verdicts, std::uint32_t instance,
               std::string& text) {
  constexpr int kScoreDigits = 9, kConfidenceDigits = 4;
  AppendCell(timestamp, text);
  text += ',';
  AppendCell(series, text);
  text += ',';
  AppendNumber(verdicts.Score(instance), kScoreDigits, text);
  const auto name = verdicts.NameOf(instance);
  text += ',';
  text += name.fault_type;
  text += ',';
  if (!telemetry::IsMissing(name.confidence)) AppendNumber(name.confidence, kConfidenceDigits, text);
  text += '\n';
}

}  // namespace forewarn::backtest
