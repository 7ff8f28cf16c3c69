// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cstdint>

#include "common/base/utf8.h"
#include "common/log/log.h"

namespace forewarn::log {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";

std::string_view Name(Level level) {
  constexpr std::array<std::string_view, 4> kNames = {"DEBUG", "INFO", "WARN", "ERROR"};
  return kNames[static_cast<std::size_t>(level)];
}

// A character that acts instead of showing: control characters, and the line ends that are none in ASCII.
bool Acts(std::string_view character) {
  const auto first = static_cast<unsigned char>(character[0]);
  if (character.size() == 1) {
    return first < 0x20 || first == 0x7F;
  }
  const bool c1 = first == 0xC2 && static_cast<unsigned char>(character[1]) < 0xA0;
  return c1 || character == "\u2028" || character == "\u2029";
}

// \u and four digits of a character of at most three bytes.
void AppendUnicodeEscape(std::string_view character, std::string& out) {
  std::uint32_t code = static_cast<unsigned char>(character[0]);
  if (character.size() > 1) {
    code &= character.size() == 2 ? 0x1F : 0x0F;
    for (const char byte : character.substr(1)) {
      code = code << 6 | (static_cast<unsigned char>(byte) & 0x3F);
    }
  }
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) {
    out += kHex[code >> shift & 0xF];
  }
}

void AppendQuoted(std::string_view text, std::string& out) {
  out += '"';
  while (!text.empty()) {
    const std::size_t length = base::Utf8Length(text);
    const std::string_view character = text.substr(0, length == 0 ? 1 : length);
    text.remove_prefix(character.size());
    if (length == 0) {
      out += "\uFFFD";
    } else if (character == "\n") {
      out += "\\n";
    } else if (character == "\t") {
      out += "\\t";
    } else if (character == "\r") {
      out += "\\r";
    } else if (Acts(character)) {
      AppendUnicodeEscape(character, out);
    } else {
      out += character == "\"" || character == "\\" ? "\\" : "";
      out += character;
    }
  }
  out += '"';
}

bool NeedsQuotes(std::string_view text) {
  if (text.empty()) {
    return true;
  }
  while (!text.empty()) {
    const std::size_t length = base::Utf8Length(text);
    if (length == 0 || text[0] == ' ' || text[0] == '=' || text[0] == '"' || Acts(text.substr(0, length))) {
      return true;
    }
    text.remove_prefix(length);
  }
  return false;
}

void AppendWord(std::string_view text, std::string& out) {
  if (NeedsQuotes(text)) {
    AppendQuoted(text, out);
  } else {
    out += text;
  }
}

void AppendLogfmt(std::string_view key, std::string_view value, std::string& out) {
  out += out.empty() ? "" : " ";
  AppendWord(key, out);
  out += '=';
  AppendWord(value, out);
}

void AppendJson(std::string_view key, std::string_view value, std::string& out) {
  out += out.empty() ? '{' : ',';
  AppendQuoted(key, out);
  out += ':';
  AppendQuoted(value, out);
}

}  // namespace

std::string Render(Format format, const Line& line) {
  const auto append = format == Format::kJson ? AppendJson : AppendLogfmt;
  std::string out;
  append("time", line.time, out);
  append("level", Name(line.level), out);
  append("msg", line.message, out);
  for (const auto& [key, value] : line.fields) {
    append(key, value, out);
  }
  if (format == Format::kJson) {
    out += '}';
  }
  return out;
}

}  // namespace forewarn::log
