// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

namespace forewarn::promql {

// Walks over the members of a flat JSON object of strings, as raw bytes between their quotes. Ends at the first thing
// that is none: the bytes come from the network and the fast parser has not looked into them.
class LabelScanner {
 public:
  struct Member {
    std::string_view name, value;
  };

  explicit LabelScanner(std::string_view object) : left_(object) {}
  std::optional<Member> Next();

 private:
  std::optional<std::string_view> Text();
  std::string_view left_;
};

}  // namespace forewarn::promql
