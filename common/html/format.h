// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "common/base/clock.h"
#include "common/html/markup.h"

// Numbers and times for people. What is no number is a dash.
namespace forewarn::html {

std::string Number(double value);   // three significant digits; large ones with k, M, G, T
std::string Count(double value);    // whole, with thin spaces: 12 345
std::string Percent(double ratio);  // of 0 to 1, whole
std::string Span(double seconds);   // how long: 45 s, 12 min, 3 h 20 min, 5 d 2 h; its spaces do not break
Markup Time(double time);           // s since the epoch: <time>, in UTC, to the second
Markup Time(base::WallTime time);
Markup Away(double time, double now);  // of what is ahead or past: <time> that says "in 45 s" or "12 min ago"

}  // namespace forewarn::html
