// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace forewarn::backtest {

using Line = std::vector<std::string>;

// Lines of as many cells each, in columns: the first `words` of them to the left, numbers to the right.
std::string Align(const std::vector<Line>& lines, std::size_t words);

// printf's format of one number.
std::string Number(const char* format, double number);

}  // namespace forewarn::backtest
