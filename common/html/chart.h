// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/html/markup.h"

namespace forewarn::html {

// Something over time, as an SVG element without script or styles of its own: the classes are the style sheet's.
// Times are seconds since the epoch. Values that are no number are gaps.
struct Chart {
  struct Point {
    double time = 0, value = 0;
  };
  struct Line {
    std::string_view kind;  // "value" or "expected"
    std::vector<Point> points;
  };
  struct Range {
    double time = 0, lower = 0, upper = 0;
  };
  // A time span as a shade: what is ahead.
  struct Shade {
    double from = 0, to = 0;
    std::string what;
  };
  struct Mark {
    double time = 0;
    std::string what;
  };

  double start = 0, end = 1;  // of the picture
  std::string what;           // said to who can't see it
  std::vector<Range> band;    // where values are ordinary
  std::vector<Line> lines;
  std::vector<Shade> shades;
  std::vector<Mark> marks;
};

Markup Draw(const Chart& chart);

}  // namespace forewarn::html
