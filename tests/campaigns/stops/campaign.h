// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "common/base/result.h"

namespace forewarn::stops {

struct Options {
  int n = 120;
  std::uint64_t seed = 1;
  std::string json = {};  // file; empty: none
};

struct Figures {
  int trials = 0;
  std::map<std::string, int> of;     // by what happened
  std::vector<double> reactions;     // s; from when it could be known until the verdict was on record
  std::vector<double> away;          // s; likewise where telemetry gives no answer any more
  std::vector<double> undone;        // s; likewise until everything was as before, and without a marker
  std::vector<std::string> left;     // what was left behind
  std::vector<std::string> unheard;  // trials without the verdict or the refusal that they should have led to
};

// An error: the campaign itself could not go on.
base::Result<Figures> Run(const Options& options, const std::function<void(const Figures&)>& progress);

}  // namespace forewarn::stops
