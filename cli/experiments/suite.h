// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "common/base/clock.h"
#include "common/base/result.h"

namespace forewarn::trials {

// A game day: experiments, run one after the other.
struct Suite {
  struct Item {
    std::string domain, fault;
    std::string name;  // of a template; empty: the one for the fault
  };
  std::string name;
  base::Duration timeout = std::chrono::minutes(15);     // of each, until its series is gone; then it is aborted
  base::Duration poll = std::chrono::milliseconds(500);  // between two looks at one
  std::vector<Item> experiments;
};

// A YAML file. Errors name the places.
base::Result<Suite> LoadSuite(const std::string& path);

}  // namespace forewarn::trials
