// SPDX-License-Identifier: Apache-2.0
#include "common/html/format.h"

#include <array>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <iterator>

namespace forewarn::html {
namespace {

constexpr double kEndOfYear9999 = 253402300799;
constexpr const char* kDash = "–";

std::string Print(const char* format, double value) {
  std::array<char, 32> text{};
  return {text.data(), static_cast<std::size_t>(std::snprintf(text.data(), text.size(), format, value))};
}

std::string Format(double time, const char* format) {
  const auto seconds = static_cast<std::time_t>(time);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 40> text{};
  return {text.data(), std::strftime(text.data(), text.size(), format, &parts)};
}

bool IsTime(double time) { return time > 0 && time <= kEndOfYear9999; }

Markup TimeElement(double time, const std::string& text) {
  return Element("time",
                 {{"datetime", Format(time, "%Y-%m-%dT%H:%M:%SZ")}, {"title", Format(time, "%Y-%m-%d %H:%M:%S UTC")}},
                 Text(text));
}

std::string Two(long long large, const char* of_large, long long small, const char* of_small) {
  const std::string text = std::to_string(large) + "\u00a0" + of_large;
  return small == 0 ? text : text + "\u00a0" + std::to_string(small) + "\u00a0" + of_small;
}

}  // namespace

std::string Number(double value) {
  if (!std::isfinite(value)) return kDash;
  constexpr const char* kUnits[] = {"", "\u00a0k", "\u00a0M", "\u00a0G", "\u00a0T"};
  std::size_t unit = 0;
  const bool is_large = std::abs(value) >= 9999.5;
  for (; is_large && std::abs(value) >= 999.5 && unit + 1 < std::size(kUnits); value /= 1000) ++unit;
  // What has four digits before the point keeps them: 1234 is no longer than 1.23 k.
  return Print(std::abs(value) >= 999.5 && std::abs(value) < 9999.5 ? "%.0f" : "%.3g", value) + kUnits[unit];
}

std::string Count(double value) {
  std::string digits = Print("%.0f", value);
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, "\u202f");
  return std::isfinite(value) ? digits : kDash;
}

std::string Percent(double ratio) { return std::isfinite(ratio) ? Print("%.0f\u00a0%%", 100 * ratio) : kDash; }

std::string Span(double seconds) {
  if (!(seconds >= 0 && seconds <= kEndOfYear9999)) return kDash;
  if (seconds > 0 && seconds < 0.9995) return Print("%.0f\u00a0ms", 1000 * seconds);
  const auto whole = std::llround(seconds);
  if (whole < 60) return std::to_string(whole) + "\u00a0s";
  if (whole < 600) return Two(whole / 60, "min", whole % 60, "s");
  if (whole < 3600) return std::to_string(whole / 60) + "\u00a0min";
  if (whole < 86400) return Two(whole / 3600, "h", whole % 3600 / 60, "min");
  return Two(whole / 86400, "d", whole % 86400 / 3600, "h");
}

Markup Time(double time) { return IsTime(time) ? TimeElement(time, Format(time, "%Y-%m-%d %H:%M:%S")) : Text(kDash); }

Markup Time(base::WallTime time) { return Time(base::ToSeconds(time)); }

Markup Away(double time, double now) {
  if (!IsTime(time)) return Text(kDash);
  const double ahead = std::round(time - now);
  if (ahead == 0) return TimeElement(time, "now");
  return TimeElement(time, ahead > 0 ? "in " + Span(ahead) : Span(-ahead) + " ago");
}

}  // namespace forewarn::html
