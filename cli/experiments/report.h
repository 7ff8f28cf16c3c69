// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/experiments/picture.h"
#include "common/base/result.h"

namespace forewarn::trials {

// What is told of one experiment.
struct Told {
  nlohmann::json experiment;  // as the API has it
  Picture picture;
  std::string no_picture;  // why; empty: there is one
};

struct Account {
  std::string title;
  double made = 0;  // s since the epoch
  std::vector<Told> told;
};

// With their signals, asked from Prometheus, as far as it has them. Progress on stderr.
base::Result<Account> Gather(const std::string& prometheus_url, const std::vector<nlohmann::json>& experiments);

// A page that asks for nothing else, for light and dark, and the same as JSON.
std::string Page(const Account& account);
std::string AccountJson(const Account& account);

base::Result<void> WriteFile(const std::string& path, const std::string& text);

}  // namespace forewarn::trials
