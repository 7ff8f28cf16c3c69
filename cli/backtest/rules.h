// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/backtest/verdict.h"
#include "common/base/result.h"
#include "predictor/predictor.h"

namespace forewarn::backtest {

// Another threshold than the one in force: threshold=0.7, or with a stage's name, notify=0.7, for all faults.
struct WhatIf {
  std::string text;
  double threshold = 0;  // 0 to 1
};
base::Result<WhatIf> ParseWhatIf(std::string_view text);

// When a tick of an instance counts as an alarm.
struct Rule {
  std::string name;                  // as the table shows it
  std::optional<std::size_t> fault;  // nullopt: any
  std::vector<double> thresholds{};  // confidence, by fault; empty: the score's 1
  bool Alarms(const Verdicts& verdicts, std::uint32_t instance) const;
};

// The score; the stages notify and mitigate as in force, for any fault and for each; and so each what-if.
std::vector<Rule> RulesOf(const predictor::Predictor& predictor, const std::vector<WhatIf>& what_ifs);

}  // namespace forewarn::backtest
