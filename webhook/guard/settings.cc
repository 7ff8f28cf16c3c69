// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "webhook/alerts/alert.h"
#include "webhook/guard/guard_rails.h"

namespace forewarn::guard {
namespace {

// "02:30" of a day.
std::optional<base::WallTime> TimeOfDay(const std::string& text) {
  const bool shaped = text.size() == 5 && text[2] == ':' &&
                      std::all_of(text.begin(), text.end(), [](char c) { return c == ':' || (c >= '0' && c <= '9'); });
  if (!shaped) return std::nullopt;
  const int hours = std::stoi(text.substr(0, 2)), minutes = std::stoi(text.substr(3));
  if (hours > 23 || minutes > 59) return std::nullopt;
  return base::WallTime(std::chrono::hours(hours) + std::chrono::minutes(minutes));
}

std::optional<base::WallTime> Moment(const config::Node& node, Window& window) {
  const std::string text = node.String();
  if (auto time = TimeOfDay(text)) {
    window.daily = true;
    return time;
  }
  auto time = alerts::ParseTime(text);
  if (time) return *time;
  node.Fail("must be a time of day in UTC (02:30) or RFC 3339 (2026-11-24T02:30:00Z)");
  return std::nullopt;
}

Window DecodeWindow(const config::Map& map) {
  Window window;
  if (auto domains = map.Require("domains")) {
    for (const config::Node& pattern : domains->Items()) window.domains.Add(pattern);
  }
  bool begins_daily = false;
  if (auto begin = map.Require("begin")) {
    window.begin = Moment(*begin, window).value_or(base::WallTime());
    begins_daily = std::exchange(window.daily, false);
  }
  if (auto end = map.Require("end")) window.end = Moment(*end, window).value_or(base::WallTime());
  if (begins_daily != window.daily) map.Fail("begin and end must be of the same kind");
  if (!window.daily && window.end < window.begin) map.Fail("ends before it begins");
  return window;
}

int Count(const config::Map& map, std::string_view key, int otherwise) {
  const std::int64_t count = map.Integer(key, otherwise);
  if (count < 0 || count > 1'000'000) map.Fail(std::string(key) + " must be between 0 and 1000000");
  return static_cast<int>(std::clamp<std::int64_t>(count, 0, 1'000'000));
}

double Share(const config::Map& map, std::string_view key, double otherwise) {
  const double share = map.Number(key, otherwise);
  if (!(share >= 0 && share <= 1)) map.Fail(std::string(key) + " must be between 0 and 1");
  return share;
}

}  // namespace

Settings DecodeSettings(const config::Map& map) {
  Settings settings;
  if (auto allow = map.Find("allow")) {
    for (const config::Node& pattern : allow->Items()) settings.allow.Add(pattern);
  }
  if (auto maintenance = map.Find("maintenance")) {
    for (const config::Node& window : maintenance->Items()) {
      settings.maintenance.push_back(DecodeWindow(window.AsMap()));
    }
  }
  settings.max_prediction_age = map.Duration("max_prediction_age", settings.max_prediction_age);
  settings.cooldown = map.Duration("cooldown", settings.cooldown);
  settings.max_cooldown = std::max(settings.cooldown, map.Duration("max_cooldown", settings.max_cooldown));
  settings.max_in_force = Count(map, "max_in_force", settings.max_in_force);
  settings.max_in_force_per_hypervisor =
      Count(map, "max_in_force_per_hypervisor", settings.max_in_force_per_hypervisor);
  settings.max_per_hour = Count(map, "max_per_hour", settings.max_per_hour);
  settings.patience = map.Duration("patience", settings.patience);
  settings.fleet_budget = Share(map, "fleet_budget", settings.fleet_budget);
  settings.minimum_healthy = Share(map, "minimum_healthy", settings.minimum_healthy);
  settings.max_fleet_predicted = Share(map, "max_fleet_predicted", settings.max_fleet_predicted);
  if (auto breaker = map.Find("circuit_breaker")) {
    const config::Map keys = breaker->AsMap();
    settings.breaker_failures = std::max(1, Count(keys, "failures", settings.breaker_failures));
    settings.breaker_reset = keys.Duration("reset", settings.breaker_reset);
  }
  return settings;
}

}  // namespace forewarn::guard
