// SPDX-License-Identifier: Apache-2.0
#include <charconv>
#include <limits>

#include "common/config/yaml.h"

namespace forewarn::config {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t milliseconds;
  bool only_if_exact;  // written only where nothing smaller is left over, as in Prometheus: 8d, not 1w1d
};

constexpr std::int64_t kDay = 86'400'000;
constexpr Unit kUnits[] = {{"y", 365 * kDay, true}, {"w", 7 * kDay, true}, {"d", kDay, false}, {"h", 3'600'000, false},
                           {"m", 60'000, false},    {"s", 1'000, false},   {"ms", 1, false}};
constexpr std::int64_t kLongest = std::numeric_limits<base::Duration::rep>::max() / 1'000'000;

base::Error NotADuration() { return {base::ErrorCode::kInvalid, "not a duration (such as 1h30m, 15s or 500ms)"}; }

}  // namespace

base::Result<base::Duration> ParseDuration(std::string_view text) {
  if (text == "0") {
    return base::Duration::zero();
  }
  std::int64_t total = 0;
  std::size_t next_unit = 0;  // units come once each, from the largest to the smallest
  while (!text.empty()) {
    std::uint64_t count = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), count);
    if (parsed.ec != std::errc()) {
      return NotADuration();
    }
    text.remove_prefix(static_cast<std::size_t>(parsed.ptr - text.data()));
    const std::string_view name = text.substr(0, text.find_first_of("0123456789"));
    while (next_unit < std::size(kUnits) && kUnits[next_unit].name != name) {
      ++next_unit;
    }
    if (next_unit == std::size(kUnits)) {
      return NotADuration();
    }
    const Unit& unit = kUnits[next_unit++];
    if (count > static_cast<std::uint64_t>((kLongest - total) / unit.milliseconds)) {
      return base::Error{base::ErrorCode::kInvalid, "too long a duration"};
    }
    total += static_cast<std::int64_t>(count) * unit.milliseconds;
    text.remove_prefix(name.size());
  }
  if (next_unit == 0) {
    return NotADuration();
  }
  return base::Duration(std::chrono::milliseconds(total));
}

std::string FormatDuration(base::Duration duration) {
  std::int64_t left = std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
  std::string text;
  for (const Unit& unit : kUnits) {
    if (left >= unit.milliseconds && !(unit.only_if_exact && left % unit.milliseconds != 0)) {
      text += std::to_string(left / unit.milliseconds);
      text += unit.name;
      left %= unit.milliseconds;
    }
  }
  return text.empty() ? "0s" : text;
}

}  // namespace forewarn::config
