// SPDX-License-Identifier: Apache-2.0
#include "cli/backtest/time_text.h"

#include <charconv>
#include <chrono>
#include <cmath>

namespace forewarn::backtest {
namespace {

// What is left of a text while it is read from the left.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : left_(text) {}
  bool Empty() const { return left_.empty(); }
  bool Skip(std::string_view any_of) {
    if (left_.empty() || any_of.find(left_[0]) == std::string_view::npos) return false;
    last_ = left_[0];
    left_.remove_prefix(1);
    return true;
  }
  char last() const { return last_; }  // what was skipped

  // A number of exactly so many digits.
  std::optional<int> Digits(std::size_t count) {
    int number = 0;
    if (left_.size() < count) return std::nullopt;
    for (const char c : left_.substr(0, count)) {
      if (c < '0' || c > '9') return std::nullopt;
      number = 10 * number + (c - '0');
    }
    left_.remove_prefix(count);
    return number;
  }

  // The digits behind a decimal point.
  std::optional<double> Fraction() {
    double fraction = 0, unit = 0.1;
    std::size_t digits = 0;
    for (; digits < left_.size() && left_[digits] >= '0' && left_[digits] <= '9'; ++digits, unit /= 10) {
      fraction += unit * (left_[digits] - '0');
    }
    left_.remove_prefix(digits);
    return digits > 0 ? std::optional(fraction) : std::nullopt;
  }

 private:
  std::string_view left_;
  char last_ = 0;
};

std::optional<double> Date(Scanner& scanner) {
  const auto year = scanner.Digits(4);
  if (!year || !scanner.Skip("-")) return std::nullopt;
  const auto month = scanner.Digits(2);
  if (!month || !scanner.Skip("-")) return std::nullopt;
  const auto day = scanner.Digits(2);
  if (!day) return std::nullopt;
  const std::chrono::year_month_day date(std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day)));
  if (!date.ok()) return std::nullopt;
  return 86400.0 * static_cast<double>(std::chrono::sys_days(date).time_since_epoch().count());
}

std::optional<double> TimeOfDay(Scanner& scanner) {
  const auto hours = scanner.Digits(2);
  if (!hours || *hours > 23 || !scanner.Skip(":")) return std::nullopt;
  const auto minutes = scanner.Digits(2);
  if (!minutes || *minutes > 59) return std::nullopt;
  double seconds = 3600 * *hours + 60 * *minutes;
  if (!scanner.Skip(":")) return seconds;
  const auto whole = scanner.Digits(2);
  if (!whole || *whole > 60) return std::nullopt;
  seconds += *whole;
  if (!scanner.Skip(".,")) return seconds;
  const auto fraction = scanner.Fraction();
  return fraction ? std::optional(seconds + *fraction) : std::nullopt;
}

// Seconds east of UTC.
std::optional<double> Zone(Scanner& scanner) {
  if (scanner.Empty() || scanner.Skip("Zz")) return 0;
  if (!scanner.Skip("+-")) return std::nullopt;
  const double sign = scanner.last() == '-' ? -1 : 1;
  const auto hours = scanner.Digits(2);
  scanner.Skip(":");
  const auto minutes = scanner.Digits(2);
  if (!hours || !minutes) return std::nullopt;
  return sign * (3600 * *hours + 60 * *minutes);
}

std::string_view Trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

}  // namespace

std::optional<double> ParseNumber(std::string_view text) {
  text = Trim(text);
  if (text.starts_with('+')) text.remove_prefix(1);
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(number)) return std::nullopt;
  return number;
}

std::optional<double> ParseTime(std::string_view text) {
  if (const auto seconds = ParseNumber(text)) return seconds;
  Scanner scanner(Trim(text));
  const auto date = Date(scanner);
  if (!date || scanner.Empty()) return date;
  if (!scanner.Skip("T t")) return std::nullopt;
  const auto time = TimeOfDay(scanner);
  if (!time) return std::nullopt;
  const auto zone = Zone(scanner);
  if (!zone || !scanner.Empty()) return std::nullopt;
  return *date + *time - *zone;
}

}  // namespace forewarn::backtest
