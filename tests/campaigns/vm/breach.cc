// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <functional>
#include <map>

#include "tests/campaigns/vm/record.h"

namespace forewarn::campaign {
namespace {

constexpr double kSlow = 0.5;    // s: a request that takes longer is no answer
constexpr double kDenied = 0.4;  // ratio: of a CPU that nobody has limited

using Condition = std::function<bool(const Recording&, std::size_t row)>;

Condition Above(const char* signal, double limit) {
  return [=](const Recording& recording, std::size_t row) { return recording.Of(signal)[row] > limit; };
}

// What the fault itself leads to, whether or not the service feels it.
const std::map<std::string, Condition>& Manifestations() {
  static const std::map<std::string, Condition> manifestations = {
      {"disk_contention", Above("disk_utilisation", 0.95)},
      {"disk_full", Above("disk_used", 0.97)},
      {"memory_leak", Above("memory_pressure", 0.9)},
      {"cpu_saturation", Above("cpu_usage", 0.95)},
      {"cpu_denied", Above("cpu_denied", 0.5)},
      {"error_burst", Above("error_log_rate", 5)},
  };
  return manifestations;
}

bool ServiceIsBad(const Recording& recording, std::size_t row) {
  return recording.Of("request_failures")[row] > 0 || recording.Of("request_latency")[row] > kSlow;
}

// `enough` of the last three rows up to `row`.
bool Holds(const Recording& recording, std::size_t row, std::ptrdiff_t enough, const Condition& bad) {
  std::ptrdiff_t count = 0;
  for (std::size_t back = 0; back < 3 && back <= row; ++back) count += bad(recording, row - back) ? 1 : 0;
  return count >= enough;
}

// How many rows of [begin, end) have a value.
std::size_t Present(const std::vector<double>& column, std::size_t begin, std::size_t end) {
  std::size_t present = 0;
  for (std::size_t row = begin; row < end; ++row) present += std::isfinite(column[row]) ? 1 : 0;
  return present;
}

// How many of the first `rows` are above.
std::ptrdiff_t Count(const std::vector<double>& column, std::size_t rows, double limit) {
  return std::count_if(column.begin(), column.begin() + static_cast<std::ptrdiff_t>(rows),
                       [limit](double value) { return value > limit; });
}

}  // namespace

std::optional<double> FindBreach(const Recording& recording, const Plan& plan, double onset) {
  if (plan.fault.empty()) return std::nullopt;
  const auto manifestation = Manifestations().find(plan.fault);
  const auto first = static_cast<std::size_t>(onset - recording.start);
  for (std::size_t row = first + 1; row < recording.rows(); ++row) {
    const bool manifest = manifestation != Manifestations().end() && Holds(recording, row, 3, manifestation->second);
    if (manifest || Holds(recording, row, 2, ServiceIsBad)) return recording.start + static_cast<double>(row);
  }
  return std::nullopt;
}

std::optional<std::string> FindFlaw(const Recording& recording, const Plan& plan, double onset) {
  const auto ordinary =
      plan.fault.empty() ? recording.rows() : static_cast<std::size_t>(std::max(0.0, onset - recording.start));
  for (std::size_t row = 0; row < ordinary; ++row) {
    if (Holds(recording, row, 2, ServiceIsBad)) return "the service was broken without a fault";
  }
  if (Count(recording.Of("request_latency"), ordinary, kSlow) >= 2 ||
      Count(recording.Of("cpu_denied"), ordinary, kDenied) >= 3)
    return "the host was busy with something else";
  for (std::size_t signal = 0; signal < recording.signals.size(); ++signal) {
    if (Present(recording.columns[signal], 0, ordinary) * 10 < ordinary * 9)
      return recording.signals[signal] + " is missing";
  }
  return std::nullopt;
}

}  // namespace forewarn::campaign
