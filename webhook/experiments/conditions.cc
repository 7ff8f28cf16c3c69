// SPDX-License-Identifier: Apache-2.0
#include "webhook/experiments/conditions.h"

#include <algorithm>
#include <cmath>

namespace forewarn::experiments {
namespace {

base::Result<bool> Holds(promql::Client& client, const Condition& condition, const std::string& domain) {
  auto rows = client.Query(plan::ExprFor({condition.expr, {}}, domain), 0);
  if (!rows) return rows.error();
  const bool all = std::all_of(rows->values.begin(), rows->values.end(),
                               [](double value) { return value != 0 && !std::isnan(value); });
  return !rows->values.empty() && all;
}

base::Result<std::optional<std::string>> First(promql::Client& client, const std::vector<Condition>& conditions,
                                               const std::string& domain, bool wanted) {
  for (const Condition& condition : conditions) {
    auto holds = Holds(client, condition, domain);
    if (!holds) return holds.error();
    if (*holds == wanted) return std::optional(condition.expr);
  }
  return std::optional<std::string>();
}

}  // namespace

base::Result<std::optional<std::string>> NotHolding(promql::Client& client, const std::vector<Condition>& conditions,
                                                    const std::string& domain) {
  return First(client, conditions, domain, /*wanted=*/false);
}

base::Result<std::optional<std::string>> Holding(promql::Client& client, const std::vector<Condition>& conditions,
                                                 const std::string& domain) {
  return First(client, conditions, domain, /*wanted=*/true);
}

base::Result<bool> MarkVisible(promql::Client& client, const std::string& domain, const std::string& fault) {
  return Holds(
      client, {"max(forewarn_experiment_active{domain=\"$domain\",fault=\"" + promql::EscapeLabelValue(fault) + "\"})"},
      domain);
}

}  // namespace forewarn::experiments
