// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include "common/base/result.h"
#include "tests/campaigns/pair/evidence.h"

namespace forewarn::replicas {

struct Options {
  int n = 500;  // alerts, each about a domain of its own
  unsigned seed = 1;
  std::string json;
};

struct Figures {
  int alerts = 0, pauses = 0;
  int episodes = 0;  // on record
  int open = 0;      // of them, those that came to no rest
  Effects effects;
  double seconds = 0;
  bool Hold() const { return open + effects.stale == 0 && effects.broken.empty(); }
};

// kUnsupported: this machine lacks what it takes; the message says what.
base::Result<Figures> Run(const Options& options, const std::function<void(const Figures&)>& progress);

}  // namespace forewarn::replicas
