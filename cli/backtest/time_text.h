// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

namespace forewarn::backtest {

// Seconds since the epoch as a number, or a date with or without a time of day, after ISO 8601 with a T or a blank
// between them; without a zone it is UTC. nullopt: neither.
std::optional<double> ParseTime(std::string_view text);

// A whole finite number; nullopt: none.
std::optional<double> ParseNumber(std::string_view text);

}  // namespace forewarn::backtest
