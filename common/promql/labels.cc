// SPDX-License-Identifier: Apache-2.0
#include "common/promql/labels.h"

namespace forewarn::promql {

std::optional<LabelScanner::Member> LabelScanner::Next() {
  const auto name = Text();
  if (!name) return std::nullopt;
  const auto value = Text();
  if (!value) return std::nullopt;
  return Member{*name, *value};
}

// The next string; braces, colons, commas and white space before it are passed over.
std::optional<std::string_view> LabelScanner::Text() {
  const auto open = left_.find('"');
  if (open == std::string_view::npos) return std::nullopt;
  left_.remove_prefix(open + 1);
  for (std::size_t at = left_.find_first_of("\"\\"); at != std::string_view::npos;
       at = left_.find_first_of("\"\\", at)) {
    if (left_[at] == '"') {
      const std::string_view text = left_.substr(0, at);
      left_.remove_prefix(at + 1);
      return text;
    }
    at += 2;  // an escaped character
  }
  return std::nullopt;
}

}  // namespace forewarn::promql
