// SPDX-License-Identifier: Apache-2.0
#include "common/promql/client.h"
#include "common/promql/labels.h"

namespace forewarn::promql {

std::string_view Vector::Label(std::size_t row, std::string_view name) const {
  if (const auto found = unescaped.find(static_cast<std::uint32_t>(row)); found != unescaped.end()) {
    for (const auto& [label, value] : found->second) {
      if (label == name) return value;
    }
    return {};
  }
  LabelScanner scanner(LabelBytes(row));
  while (const auto member = scanner.Next()) {
    if (member->name == name) return member->value;
  }
  return {};
}

std::vector<std::pair<std::string, std::string>> Vector::Labels(std::size_t row) const {
  if (const auto found = unescaped.find(static_cast<std::uint32_t>(row)); found != unescaped.end()) {
    return found->second;
  }
  std::vector<std::pair<std::string, std::string>> labels;
  LabelScanner scanner(LabelBytes(row));
  while (const auto member = scanner.Next()) labels.emplace_back(member->name, member->value);
  return labels;
}

}  // namespace forewarn::promql
