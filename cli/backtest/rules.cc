// SPDX-License-Identifier: Apache-2.0
#include "cli/backtest/rules.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "cli/backtest/time_text.h"

namespace forewarn::backtest {
namespace {

using base::Error;
using base::ErrorCode;
using predictor::Thresholds;

std::string Decimal(double number) {
  std::array<char, 32> text{};
  return {text.data(), std::to_chars(text.data(), text.data() + text.size(), number).ptr};
}

// For any fault and for each; faults may have thresholds of their own.
void AddStage(const std::string& stage, const std::vector<double>& thresholds, std::vector<Rule>& rules) {
  const bool same = std::all_of(thresholds.begin(), thresholds.end(), [&](double t) { return t == thresholds[0]; });
  rules.push_back({same ? stage + " " + Decimal(thresholds[0]) : stage, std::nullopt, thresholds});
  for (std::size_t fault = 0; fault < thresholds.size(); ++fault) {
    rules.push_back({stage + " " + Decimal(thresholds[fault]), fault, thresholds});
  }
}

}  // namespace

base::Result<WhatIf> ParseWhatIf(std::string_view text) {
  const auto equals = std::min(text.find('='), text.size());
  const std::string_view stage = text.substr(0, equals);
  const auto known = {"threshold", "notify", "experiment", "mitigate"};
  const auto threshold = ParseNumber(text.substr(std::min(equals + 1, text.size())));
  if (std::find(known.begin(), known.end(), stage) == known.end() || !threshold || *threshold < 0 || *threshold > 1) {
    return Error{ErrorCode::kInvalid,
                 "--what-if: not as threshold=0.7, with threshold, notify, experiment or mitigate "
                 "and a confidence of 0 to 1: " +
                     std::string(text)};
  }
  return WhatIf{"what if " + std::string(stage), *threshold};
}

bool Rule::Alarms(const Verdicts& verdicts, std::uint32_t instance) const {
  if (thresholds.empty()) return verdicts.Score(instance) >= 1;
  if (fault) return verdicts.Confidence(instance, *fault) >= thresholds[*fault];
  for (std::size_t f = 0; f < thresholds.size(); ++f) {
    if (verdicts.Confidence(instance, f) >= thresholds[f]) return true;
  }
  return false;
}

std::vector<Rule> RulesOf(const predictor::Predictor& predictor, const std::vector<WhatIf>& what_ifs) {
  std::vector<double> notify, mitigate;
  for (const auto& fault : predictor.Faults()) {
    const Thresholds thresholds = predictor.ThresholdsOf(fault);
    notify.push_back(thresholds.notify);
    mitigate.push_back(thresholds.mitigate);
  }
  std::vector<Rule> rules = {{"score 1", std::nullopt}};
  AddStage("notify", notify, rules);
  AddStage("mitigate", mitigate, rules);
  for (const auto& what_if : what_ifs) {
    AddStage(what_if.text, std::vector<double>(notify.size(), what_if.threshold), rules);
  }
  return rules;
}

}  // namespace forewarn::backtest
