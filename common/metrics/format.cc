// SPDX-License-Identifier: Apache-2.0
#include "common/metrics/format.h"

#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>

#include "common/base/utf8.h"

namespace forewarn::metrics {
namespace {

enum class Quote { kEscape, kKeep };

void AppendEscaped(std::string_view text, Quote quote, std::string& out) {
  for (const char c : base::ToUtf8(text)) {
    if (c == '\n') {
      out += "\\n";
    } else if (c == '\\' || (c == '"' && quote == Quote::kEscape)) {
      out += '\\';
      out += c;
    } else {
      out += c;
    }
  }
}

bool AppendSpecial(double value, std::string& out) {
  if (std::isnan(value)) {
    out += "NaN";
  } else if (std::isinf(value)) {
    out += value > 0 ? "+Inf" : "-Inf";
  } else {
    return false;
  }
  return true;
}

constexpr int kDigits = 6;
constexpr std::uint32_t kWholePowers[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000};
// From 0.0001 on.
constexpr double kPowers[] = {1e-4, 1e-3, 1e-2, 1e-1, 1, 1e1, 1e2, 1e3, 1e4, 1e5};
constexpr double kLeastFixed = kPowers[0], kLeastWhole = kPowers[9], kMostWhole = 1e15;

// How many digits after the point make six significant ones; of [0.0001, 100,000).
int DecimalsOf(double size) {
  const int binary = static_cast<int>(std::bit_cast<std::uint64_t>(size) >> 52) - 1023;
  const int decimal = (binary * 1233) >> 12;  // log10(2) = 1233 / 4096: at most one too small
  const bool more = size >= kPowers[decimal + 1 + 4];
  return kDigits - 1 - (decimal + (more ? 1 : 0));
}

// "00" to "99".
constexpr auto kPairs = [] {
  std::array<char, 200> pairs{};
  for (std::size_t i = 0; i < 100; ++i) {
    pairs[2 * i] = static_cast<char>('0' + i / 10);
    pairs[2 * i + 1] = static_cast<char>('0' + i % 10);
  }
  return pairs;
}();

// `decimals` digits of a fraction, without the zeros at its end; two at a time, from the last one.
char* WriteFraction(std::uint32_t fraction, int decimals, char* to) {
  *to++ = '.';
  char* at = to + decimals;
  char* end = at;
  for (; at - to >= 2; fraction /= 100) std::memcpy(at -= 2, &kPairs[std::size_t{2} * (fraction % 100)], 2);
  if (at != to) *to = static_cast<char>('0' + fraction);
  while (end[-1] == '0') --end;
  return end;
}

char* WriteFixed(double size, char* to) {
  const int decimals = DecimalsOf(size);
  const std::uint32_t unit = kWholePowers[decimals];
  const auto digits = static_cast<std::uint32_t>(size * unit + 0.5);  // NOLINT(bugprone-incorrect-roundings): cheap
  const std::uint32_t whole = digits / unit, fraction = digits % unit;
  if (whole < 10) {
    *to++ = static_cast<char>('0' + whole);
  } else {
    to = std::to_chars(to, to + kShortNumber, whole).ptr;
  }
  return fraction == 0 ? to : WriteFraction(fraction, decimals, to);
}

}  // namespace

void AppendLabelValue(std::string_view value, std::string& out) { AppendEscaped(value, Quote::kEscape, out); }

void AppendHelpText(std::string_view help, Exposition exposition, std::string& out) {
  AppendEscaped(help, exposition == Exposition::kOpenMetrics ? Quote::kEscape : Quote::kKeep, out);
}

void AppendNumber(double value, std::string& out) {
  if (!AppendSpecial(value, out)) {
    char text[32];
    out.append(text, std::to_chars(text, text + sizeof text, value).ptr);
  }
}

char* WriteShort(double value, char* to) {
  if (value < 0) *to++ = '-';
  const double size = std::fabs(value);
  if (size < kMostWhole) {
    const auto whole = static_cast<std::int64_t>(size + 0.5);  // NOLINT(bugprone-incorrect-roundings): cheap
    if (size >= kLeastWhole || size == static_cast<double>(whole)) return std::to_chars(to, to + 16, whole).ptr;
  }
  if (size >= kLeastFixed && size < kLeastWhole) return WriteFixed(size, to);
  return std::to_chars(to, to + kShortNumber - 1, size, std::chars_format::general, kDigits).ptr;
}

void AppendBound(double bound, Exposition exposition, std::string& out) {
  if (AppendSpecial(bound, out)) {
    return;
  }
  const double size = std::fabs(bound);
  const bool is_fixed = bound == 0 || (size >= 1e-4 && size < 1e6);
  char text[32];
  const auto form = is_fixed ? std::chars_format::fixed : std::chars_format::scientific;
  const std::string_view written(text, std::to_chars(text, text + sizeof text, bound, form).ptr);
  out += written;
  if (exposition == Exposition::kOpenMetrics && written.find_first_of(".e") == std::string_view::npos) {
    out += ".0";
  }
}

}  // namespace forewarn::metrics
