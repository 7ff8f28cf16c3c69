// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "cli/backtest/verdict.h"

namespace forewarn::backtest {

inline constexpr std::string_view kOutputHeader = "timestamp,series,score,fault_type,confidence\n";

// Appends a row of the output file.
void AppendRow(std::string_view timestamp, std::string_view series, const Verdicts& verdicts, std::uint32_t instance,
               std::string& text);

}  // namespace forewarn::backtest
