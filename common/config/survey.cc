// SPDX-License-Identifier: Apache-2.0
#include "common/config/survey.h"

#include <utility>

#include "common/config/tree.h"

namespace forewarn::config {
namespace {

thread_local Survey* current = nullptr;

}  // namespace

Survey::Survey() : outer_(std::exchange(current, this)) {}
Survey::~Survey() { current = outer_; }

std::string Survey::PathOf(const Value& value) const {
  if (value.parent == nullptr) return {};
  std::string above = PathOf(*value.parent);
  if (value.parent->kind == Kind::kSequence) return above + "[]";
  if (!above.empty()) above += '.';
  return above + (free_.contains(value.parent) ? "*" : value.label);
}

Survey::Key& Survey::At(const Value& map, std::string_view key) {
  const std::string above = PathOf(map);
  return keys_[above.empty() ? std::string(key) : above + "." + std::string(key)];
}

void Survey::Asked(const Value& map, std::string_view key, const Value* found) {
  if (current == nullptr) return;
  Key& asked = current->At(map, key);
  if (found != nullptr && asked.line == 0) asked.line = found->line;
}

void Survey::Required(const Value& map, std::string_view key) {
  if (current != nullptr) current->At(map, key).required = true;
}

void Survey::Defaulted(const Value& map, std::string_view key, std::string otherwise) {
  if (current != nullptr) current->At(map, key).otherwise = std::move(otherwise);
}

void Survey::Read(const Value& value, std::string_view type) {
  if (current == nullptr || value.parent == nullptr) return;
  Key& key = current->keys_[current->PathOf(value)];
  key.type = type;
  if (key.line == 0) key.line = value.line;
}

void Survey::HasFreeKeys(const Value& map) {
  if (current != nullptr) current->free_.insert(&map);
}

}  // namespace forewarn::config
