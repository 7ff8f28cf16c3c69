// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <ctime>

#include "cli/backtest/grid.h"
#include "cli/remote/text.h"

namespace forewarn::remote {
namespace {

using Json = nlohmann::json;

// Control characters are those below a blank, DEL, and U+0080 to U+009F, in UTF-8 C2 80 to C2 9F.
std::string Clean(std::string text) {
  unsigned char before = 0;
  for (char& c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f || (before == 0xc2 && byte < 0xa0)) c = '?';
    before = byte;
  }
  return text;
}

std::string Pairs(const Json& object) {
  std::string text;
  for (const auto& [key, value] : object.items()) text += (text.empty() ? "" : " ") + Clean(key) + "=" + Cell(value);
  return text.empty() ? "-" : text;
}

}  // namespace

std::string Cell(const Json& value) {
  if (value.is_null()) return "-";
  if (value.is_string()) return Clean(value.get<std::string>());
  if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
  if (value.is_object()) return Pairs(value);
  return Clean(value.dump(-1, ' ', false, Json::error_handler_t::replace));
}

std::string Percent(const Json& ratio) {
  return ratio.is_number() ? backtest::Number("%.0f %%", 100 * ratio.get<double>()) : "-";
}

std::string Time(const Json& seconds) {
  constexpr double kEndOfYear9999 = 253402300799;
  if (!seconds.is_number()) return "-";
  const double number = seconds.get<double>();
  if (!(number >= 0 && number <= kEndOfYear9999)) return "-";
  const auto time = static_cast<std::time_t>(number);
  std::tm parts{};
  gmtime_r(&time, &parts);
  char text[32];
  return {text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

std::string Columns(const std::vector<std::vector<std::string>>& lines) {
  const std::string aligned = backtest::Align(lines, lines.front().size());
  std::string text;
  for (const char c : aligned) {
    if (c == '\n') text.erase(text.find_last_not_of(' ') + 1);
    text += c;
  }
  return text;
}

const Json& At(const Json& object, const char* key) {
  static const Json null;
  const auto found = object.find(key);  // of what is no object: the end
  return found == object.end() ? null : *found;
}

std::vector<Json> Items(const Json& object, const char* key) {
  const Json& items = At(object, key);
  return items.is_array() ? items.get<std::vector<Json>>() : std::vector<Json>();
}

}  // namespace forewarn::remote
