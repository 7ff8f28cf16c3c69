// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "common/metrics/metrics.h"

// The inside of this room: how the two formats write text and numbers.
namespace forewarn::metrics {

// Invalid UTF-8 is replaced: one bad value would fail the whole scrape.
void AppendLabelValue(std::string_view value, std::string& out);
// OpenMetrics escapes the double quote here, the text format must not.
void AppendHelpText(std::string_view help, Exposition exposition, std::string& out);

// The shortest text that reads back as the same double; NaN, +Inf, -Inf.
void AppendNumber(double value, std::string& out);
// Of a finite value, into room for kShortNumber characters; gives their end. A whole number below 1e15 is exact,
// another one has six significant digits, from 100,000 on none after the point: a fifth of the time of AppendNumber.
inline constexpr std::size_t kShortNumber = 32;
char* WriteShort(double value, char* to);
// As Go's clients write the labels le and quantile, so that queries written for them match: no exponent from 0.0001 to
// 999999, and in OpenMetrics always a float ("1.0").
void AppendBound(double bound, Exposition exposition, std::string& out);

}  // namespace forewarn::metrics
