// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace forewarn::base {

// Bytes of the well-formed UTF-8 sequence that `text` begins with, 1 to 4; 0 where it begins with none. Overlong forms
// and surrogates are none (Unicode 15, table 3-7).
std::size_t Utf8Length(std::string_view text);

// The same text, each byte that belongs to no sequence replaced by U+FFFD. One invalid label value would fail a whole
// scrape.
std::string ToUtf8(std::string_view text);

}  // namespace forewarn::base
