// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "common/promql/client.h"

namespace forewarn::trials {

// A signal over time, and what was done meanwhile. Times are seconds since the epoch.
struct Picture {
  struct Span {
    double from = 0, to = 0;
    bool injection = false;  // else the mitigation
    std::string what;
  };
  double start = 0, end = 0, step = 1;  // step: a longer time between two samples is a gap
  std::vector<promql::Series> series;
  std::vector<Span> spans;
};

// As an SVG element for a page with the classes signal, injection, mitigation. Values that are no number are gaps.
std::string Svg(const Picture& picture);

// Text for HTML and SVG, in elements and in attributes between double quotes.
std::string Escape(const std::string& text);

}  // namespace forewarn::trials
