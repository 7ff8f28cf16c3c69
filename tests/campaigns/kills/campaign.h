// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "common/base/result.h"

namespace forewarn::crash {

struct Options {
  int n = 2000;
  std::uint64_t seed = 1;
  int lanes = 8;          // at a time
  std::string json = {};  // file; empty: none
  std::string what = {};  // it does, for a person
};
Options Defaults();

struct Figures {
  int points = 0;                              // distinct: each another call of a scenario
  int missed = 0;                              // the scenario ended before that call
  std::map<std::string, int> at;               // points by "journal pwrite64"
  std::map<std::string, int> by_scenario;      // likewise
  std::map<std::string, std::uint32_t> calls;  // of each scenario, when nobody dies
  std::vector<double> recoveries;              // s; from the next start until nothing was in the air
  std::vector<std::string> broken;
  std::vector<double> starts;  // s; of these, until the process answered at all
};

double Quantile(std::vector<double> values, double at);  // 0 of none

// An error: the campaign itself could not go on.
base::Result<Figures> Run(const Options& options, const std::function<void(const Figures&)>& progress);

}  // namespace forewarn::crash
