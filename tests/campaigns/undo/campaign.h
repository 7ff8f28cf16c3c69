// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "common/base/result.h"

namespace forewarn::undo {

struct Options {
  int n = 200;
  std::uint64_t seed = 1;
  std::string json = {};  // file; empty: none
};

struct Figures {
  int injections = 0;
  std::map<std::string, int> of;    // by where, and what was killed
  std::vector<double> late;         // s; after its TTL and after libvirtd has answered again; 0: before
  std::vector<std::string> broken;  // not as it was before
  std::string without;              // why there is no real guest; empty: there is
};

// An error: the campaign itself could not go on.
base::Result<Figures> Run(const Options& options, const std::function<void(const Figures&)>& progress);

}  // namespace forewarn::undo
