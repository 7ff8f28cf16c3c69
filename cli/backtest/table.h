// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "cli/backtest/rules.h"
#include "cli/backtest/track.h"

namespace forewarn::backtest {

// What a run is worth, a line per rule, for people. Lines of single faults that had neither a window nor an alarm are
// left out, as are columns of which there is nothing to say: of gradual and abrupt faults (see Count), of what was
// mitigated. Without labels nobody knows which alarms were
// false: then all are counted, and nothing else is said.
std::string RenderTable(const std::vector<Rule>& rules, const std::vector<std::string>& faults, const Totals& totals);

}  // namespace forewarn::backtest
