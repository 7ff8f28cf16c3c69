// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

// What a Grafana dashboard must be so that people can use it on any Prometheus: the rules of
// https://github.com/grafana/dashboard-linter, of which Debian has no package.
namespace forewarn::dashboards {

// One line per violation; empty: it is clean.
std::vector<std::string> Lint(const nlohmann::json& dashboard);

// All PromQL in it, with example values in place of the variables.
std::vector<std::string> Expressions(const nlohmann::json& dashboard);

}  // namespace forewarn::dashboards
