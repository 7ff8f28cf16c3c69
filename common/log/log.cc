// SPDX-License-Identifier: Apache-2.0
#include "common/log/log.h"

#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <algorithm>
#include <atomic>
#include <ctime>
#include <iterator>
#include <memory>

#include "common/base/clock.h"

namespace forewarn::log {
namespace {

std::atomic<Format> format_of_process = Format::kLogfmt;

spdlog::level::level_enum ToSpdlog(Level level) {
  constexpr spdlog::level::level_enum kLevels[] = {spdlog::level::debug, spdlog::level::info, spdlog::level::warn,
                                                   spdlog::level::err};
  return kLevels[static_cast<std::size_t>(level)];
}

// Never destroyed: threads may log until the process ends.
spdlog::logger& ProcessLogger() {
  static spdlog::logger& logger = *[] {
    auto* made = new spdlog::logger("forewarn", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_pattern("%v");
    made->set_level(spdlog::level::info);
    return made;
  }();
  return logger;
}

std::string UtcMilliseconds(base::WallTime time) {
  const auto since = std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch());
  const std::time_t seconds = since.count() / 1000;
  std::tm utc{};
  ::gmtime_r(&seconds, &utc);
  char text[32];
  const std::size_t size = std::strftime(text, sizeof text, "%FT%T", &utc);
  const std::string milliseconds = std::to_string(1000 + since.count() % 1000);
  return std::string(text, size) + "." + milliseconds.substr(1) + "Z";
}

}  // namespace

base::Result<void> Configure(std::string_view level, std::string_view format) {
  constexpr std::string_view kLevels[] = {"debug", "info", "warn", "error"};
  const auto* found = std::find(std::begin(kLevels), std::end(kLevels), level);
  if (found == std::end(kLevels)) {
    return base::Error{base::ErrorCode::kInvalid, "--log.level: must be debug, info, warn or error"};
  }
  if (format != "logfmt" && format != "json") {
    return base::Error{base::ErrorCode::kInvalid, "--log.format: must be logfmt or json"};
  }
  ProcessLogger().set_level(ToSpdlog(static_cast<Level>(found - std::begin(kLevels))));
  format_of_process = format == "json" ? Format::kJson : Format::kLogfmt;
  return {};
}

void Write(Level level, std::string_view message, std::initializer_list<Field> fields) {
  spdlog::logger& logger = ProcessLogger();
  if (!logger.should_log(ToSpdlog(level))) {
    return;
  }
  const std::string time = UtcMilliseconds(base::SystemClock().Now());
  const Line line{.time = time, .level = level, .message = message, .fields = {fields.begin(), fields.size()}};
  logger.log(ToSpdlog(level), Render(format_of_process, line));
}

}  // namespace forewarn::log
