// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace forewarn::fuzz {

// One parser on any bytes. It may refuse them; it must not crash, hang or return what breaks its word (Require).
void Feed(std::string_view input);

inline void Require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace forewarn::fuzz
