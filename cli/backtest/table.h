// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "cli/backtest/rules.h"
#include "cli/backtest/track.h"

namespace forewarn::backtest {

// What a run is worth, a line per rule, for people. Lines of single faults that had neither a window nor an alarm are
// left out, as is the column of what was mitigated where nothing was. Without labels nobody knows which alarms were
// false: then all are counted, and nothing else is said.
std::string RenderTable(const std::vector<Rule>& rules, const std::vector<std::string>& faults, const Totals& totals);

}  // namespace forewarn::backtest
