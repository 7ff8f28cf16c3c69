// SPDX-License-Identifier: Apache-2.0
#include <charconv>
#include <chrono>

#include "webhook/alerts/alert.h"

namespace forewarn::alerts {
namespace {

// Takes exactly `digits` digits and, after them, `separator` (unless 0) from the front of `text`.
bool Take(std::string_view& text, std::size_t digits, char separator, int& value) {
  const std::size_t length = digits + (separator != 0 ? 1 : 0);
  if (text.size() < length || text[0] < '0' || text[0] > '9') return false;
  auto [end, error] = std::from_chars(text.data(), text.data() + digits, value);
  if (error != std::errc() || end != text.data() + digits) return false;
  if (separator != 0 && text[digits] != separator) return false;
  text.remove_prefix(length);
  return true;
}

// ".123456789" as nanoseconds; absent: 0.
bool TakeFraction(std::string_view& text, int& nanoseconds) {
  nanoseconds = 0;
  if (text.empty() || text[0] != '.') return true;
  std::size_t digits = 0;
  while (1 + digits < text.size() && text[1 + digits] >= '0' && text[1 + digits] <= '9') ++digits;
  if (digits < 1 || digits > 9) return false;
  std::from_chars(text.data() + 1, text.data() + 1 + digits, nanoseconds);
  for (std::size_t i = digits; i < 9; ++i) nanoseconds *= 10;
  text.remove_prefix(1 + digits);
  return true;
}

// "Z", "+02:00" or "-07:30", to the end.
bool TakeOffset(std::string_view text, std::chrono::minutes& offset) {
  offset = {};
  if (text == "Z" || text == "z") return true;
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-')) return false;
  const int sign = text[0] == '-' ? -1 : 1;
  text.remove_prefix(1);
  int hours = 0, minutes = 0;
  if (!Take(text, 2, ':', hours) || !Take(text, 2, 0, minutes) || hours > 23 || minutes > 59) return false;
  offset = sign * (std::chrono::hours(hours) + std::chrono::minutes(minutes));
  return true;
}

}  // namespace

base::Result<base::WallTime> ParseTime(std::string_view text) {
  using std::chrono::day, std::chrono::month, std::chrono::year, std::chrono::year_month_day, std::chrono::sys_days;
  using std::chrono::hours, std::chrono::minutes, std::chrono::seconds, std::chrono::nanoseconds;
  const base::Error error{base::ErrorCode::kInvalid, "not an RFC 3339 time"};
  int y = 0, mo = 0, d = 0, h = 0, mi = 0, s = 0, ns = 0;
  minutes offset{};
  if (!Take(text, 4, '-', y) || !Take(text, 2, '-', mo) || !Take(text, 2, 'T', d) || !Take(text, 2, ':', h) ||
      !Take(text, 2, ':', mi) || !Take(text, 2, 0, s) || !TakeFraction(text, ns) || !TakeOffset(text, offset)) {
    return error;
  }
  const year_month_day date{year(y), month(static_cast<unsigned>(mo)), day(static_cast<unsigned>(d))};
  if (!date.ok() || h > 23 || mi > 59 || s > 60) return error;
  // The clock counts nanoseconds in 64 bits; Alertmanager writes year 1 for "not yet".
  if (y < 1700 || y > 2200) return base::WallTime{};
  return base::WallTime(sys_days(date)) + hours(h) + minutes(mi) + seconds(s) + nanoseconds(ns) - offset;
}

}  // namespace forewarn::alerts
