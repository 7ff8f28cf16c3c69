// SPDX-License-Identifier: Apache-2.0
#include "common/base/utf8.h"

namespace forewarn::base {
namespace {

struct Form {
  std::size_t length;       // 0: no sequence begins so
  unsigned char low, high;  // what the second byte may be
};

Form FormOf(unsigned char first) {
  if (first < 0x80) {
    return {1, 0, 0};
  }
  if (first >= 0xC2 && first <= 0xDF) {
    return {2, 0x80, 0xBF};
  }
  if (first >= 0xE0 && first <= 0xEF) {
    const unsigned char low = first == 0xE0 ? 0xA0 : 0x80;   // below: overlong
    const unsigned char high = first == 0xED ? 0x9F : 0xBF;  // above: surrogates
    return {3, low, high};
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const unsigned char low = first == 0xF0 ? 0x90 : 0x80;   // below: overlong
    const unsigned char high = first == 0xF4 ? 0x8F : 0xBF;  // above: past U+10FFFF
    return {4, low, high};
  }
  return {0, 0, 0};
}

}  // namespace

std::size_t Utf8Length(std::string_view text) {
  if (text.empty()) {
    return 0;
  }
  const Form form = FormOf(static_cast<unsigned char>(text[0]));
  if (form.length > text.size()) {
    return 0;
  }
  for (std::size_t i = 1; i < form.length; ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (i == 1 ? byte < form.low || byte > form.high : (byte & 0xC0) != 0x80) {
      return 0;
    }
  }
  return form.length;
}

std::string ToUtf8(std::string_view text) {
  std::string valid;
  valid.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = Utf8Length(text);
    valid += length == 0 ? "\xEF\xBF\xBD" : text.substr(0, length);
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return valid;
}

}  // namespace forewarn::base
