// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "common/base/result.h"

// Prometheus-style logs on stderr: time=2025-04-23T15:09:37.566Z level=INFO msg="…" key=value, or the same as JSON
// lines. One process-wide logger; thread-safe. Before Configure: logfmt at info.
namespace forewarn::log {

enum class Level { kDebug, kInfo, kWarn, kError };
enum class Format { kLogfmt, kJson };

using Field = std::pair<std::string_view, std::string>;

base::Result<void> Configure(std::string_view level,
                             std::string_view format);  // as the flags --log.level, --log.format

void Write(Level level, std::string_view message, std::initializer_list<Field> fields = {});
inline void Debug(std::string_view message, std::initializer_list<Field> fields = {}) {
  Write(Level::kDebug, message, fields);
}
inline void Info(std::string_view message, std::initializer_list<Field> fields = {}) {
  Write(Level::kInfo, message, fields);
}
inline void Warn(std::string_view message, std::initializer_list<Field> fields = {}) {
  Write(Level::kWarn, message, fields);
}
inline void Error(std::string_view message, std::initializer_list<Field> fields = {}) {
  Write(Level::kError, message, fields);
}

// One line before it is written.
struct Line {
  std::string_view time;  // RFC 3339, UTC, milliseconds
  Level level = Level::kInfo;
  std::string_view message;
  std::span<const Field> fields;
};

// The line without its end, for tests and for other sinks. Quotes as Go's log/slog, which Prometheus writes with: no
// value can end its line, begin another key or reach a terminal as a control character.
std::string Render(Format format, const Line& line);

}  // namespace forewarn::log
