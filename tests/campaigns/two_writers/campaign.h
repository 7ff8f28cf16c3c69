// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "tests/campaigns/two_writers/trial.h"

namespace forewarn::two_writers {

struct Options {
  int n = 36;
  std::uint64_t seed = 1;
  std::string json;  // file; empty: none
};

struct Figures {
  int trials = 0, promoted = 0, refused = 0;
  std::size_t primary = 0, standby = 0, overlap = 0;  // writes
  std::int64_t lost = 0;
  std::vector<double> promotions;         // seconds, of those without a fault of the fence and a primary that answers
  std::map<std::string, int> situations;  // "lies/cut_from_us"
  std::vector<std::string> broken;        // trials that were not as they have to be
};

// Each fault of the fence in turn, at random how the primary is cut off. kUnavailable: this machine lacks what it
// takes.
base::Result<Figures> Run(const Options& options, const std::function<void(const Figures&)>& progress);

}  // namespace forewarn::two_writers
