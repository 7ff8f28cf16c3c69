// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <utility>

namespace forewarn::backtest {

// Windows by what the label says and what was said of them: the name where the score was highest, kMissed where it
// never was an alarm's, kUnnamed where no alarm had a name.
using Confusion = std::map<std::pair<std::string, std::string>, std::size_t>;
inline constexpr const char* kMissed = "(missed)";
inline constexpr const char* kUnnamed = "(none)";

// A line per label, a column per name, and the balanced accuracy: the mean over labels of what was named rightly. Empty
// where no label says a fault.
std::string RenderConfusion(const Confusion& confusion);

}  // namespace forewarn::backtest
