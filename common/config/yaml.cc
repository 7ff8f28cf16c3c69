// SPDX-License-Identifier: Apache-2.0
#include "common/config/yaml.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "common/config/survey.h"
#include "common/config/tree.h"

namespace forewarn::config {
namespace {

// Nothing but the number, in decimal. YAML 1.1 would read 010 as 8, and people mean 10: neither is taken.
template <class T>
std::optional<T> ParseNumber(const std::string& text) {
  const std::string_view digits = std::string_view(text).substr(text.starts_with('-') ? 1 : 0);
  if (digits.empty() || digits[0] < '0' || digits[0] > '9' ||
      (digits.size() > 1 && digits[0] == '0' && digits[1] >= '0' && digits[1] <= '9')) {
    return std::nullopt;
  }
  T number{};
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, number);
  if (parsed.ec != std::errc() || parsed.ptr != end) {
    return std::nullopt;
  }
  return number;
}

std::string PlainNumber(double number) {
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, number).ptr;
  return std::string(text, end);
}

}  // namespace

// The text of a scalar; otherwise the mistake is recorded.
const std::string* Node::Scalar() const {
  switch (value_->kind) {
    case Kind::kScalar:
      return &value_->text;
    case Kind::kNull:
      Fail("has no value");
      return nullptr;
    case Kind::kRefused:
      return nullptr;
    default:
      Fail("must be a single value");
      return nullptr;
  }
}

std::string Node::String() const {
  Survey::Read(*value_, "text");
  const std::string* text = Scalar();
  return text == nullptr ? std::string() : *text;
}

double Node::Number() const {
  Survey::Read(*value_, "number");
  const std::string* text = Scalar();
  if (text == nullptr) {
    return 0;
  }
  const auto number = value_->plain ? ParseNumber<double>(*text) : std::nullopt;
  if (!number || !std::isfinite(*number)) {
    Fail("not a number");
    return 0;
  }
  return *number;
}

std::int64_t Node::Integer() const {
  Survey::Read(*value_, "integer");
  const std::string* text = Scalar();
  if (text == nullptr) {
    return 0;
  }
  const auto number = value_->plain ? ParseNumber<std::int64_t>(*text) : std::nullopt;
  if (!number) {
    Fail("not an integer");
  }
  return number.value_or(0);
}

bool Node::Bool() const {
  Survey::Read(*value_, "true or false");
  const std::string* text = Scalar();
  if (text != nullptr && !(value_->plain && (*text == "true" || *text == "false"))) {
    Fail("must be true or false");
    return false;
  }
  return text != nullptr && *text == "true";
}

base::Duration Node::Duration() const {
  Survey::Read(*value_, "duration");
  const std::string* text = Scalar();
  if (text == nullptr) {
    return {};
  }
  const auto duration = ParseDuration(*text);
  if (!duration) {
    Fail(duration.error().message);
    return {};
  }
  return *duration;
}

std::vector<Node> Node::Items() const {
  Survey::Read(*value_, "list");
  std::vector<Node> items;
  if (value_->kind == Kind::kSequence) {
    for (const Value* item : value_->items) {
      items.push_back(Node(tree_, item));
    }
  } else if (value_->kind != Kind::kNull && value_->kind != Kind::kRefused) {
    Fail("must be a sequence");
  }
  return items;
}

std::vector<std::pair<std::string, Node>> Node::Entries() const {
  Survey::Read(*value_, "mapping by name");
  Survey::HasFreeKeys(*value_);
  std::vector<std::pair<std::string, Node>> entries;
  if (value_->kind == Kind::kMap) {
    for (const Value* entry : value_->items) {
      entries.emplace_back(entry->label, Node(tree_, entry));
    }
  } else if (value_->kind != Kind::kNull && value_->kind != Kind::kRefused) {
    Fail("must be a mapping");
  }
  return entries;
}

std::vector<std::string> Node::Strings() const {
  std::vector<std::string> strings;
  for (const Node& item : Items()) {
    strings.push_back(item.String());
  }
  return strings;
}

Map Node::AsMap() const {
  Survey::Read(*value_, "mapping");
  static const Value kRefusedValue{.kind = Kind::kRefused};
  if (value_->kind == Kind::kMap || value_->kind == Kind::kNull) {
    tree_->asked[value_];  // from now on its keys must be asked for
    return Map(tree_, value_);
  }
  if (value_->kind != Kind::kRefused) {
    Fail("must be a mapping");
  }
  return Map(tree_, &kRefusedValue);
}

bool Node::IsMap() const { return value_->kind == Kind::kMap; }
bool Node::IsSequence() const { return value_->kind == Kind::kSequence; }
bool Node::IsScalar() const { return value_->kind == Kind::kScalar; }
std::string Node::Where() const { return tree_->Where(*value_); }
void Node::Fail(std::string_view what) const { tree_->Fail(*value_, what); }

std::optional<Node> Map::Find(std::string_view key) const {
  if (value_->kind == Kind::kRefused) {
    return std::nullopt;
  }
  tree_->asked[value_].emplace(key);
  const auto found =
      std::find_if(value_->items.begin(), value_->items.end(), [&](const Value* entry) { return entry->label == key; });
  const bool there = found != value_->items.end();
  Survey::Asked(*value_, key, there ? *found : nullptr);
  return there ? std::optional<Node>(Node(tree_, *found)) : std::nullopt;
}

std::optional<Node> Map::Require(std::string_view key) const {
  Survey::Required(*value_, key);
  auto node = Find(key);
  if (!node && value_->kind != Kind::kRefused) {
    tree_->Fail(Value{.line = value_->line, .parent = value_, .label = std::string(key)}, "missing");
  }
  return node;
}

std::string Map::String(std::string_view key, std::string otherwise) const {
  Survey::Defaulted(*value_, key, otherwise);
  const auto node = Find(key);
  return node ? node->String() : std::move(otherwise);
}

double Map::Number(std::string_view key, double otherwise) const {
  Survey::Defaulted(*value_, key, PlainNumber(otherwise));
  const auto node = Find(key);
  return node ? node->Number() : otherwise;
}

std::int64_t Map::Integer(std::string_view key, std::int64_t otherwise) const {
  Survey::Defaulted(*value_, key, std::to_string(otherwise));
  const auto node = Find(key);
  return node ? node->Integer() : otherwise;
}

bool Map::Bool(std::string_view key, bool otherwise) const {
  Survey::Defaulted(*value_, key, otherwise ? "true" : "false");
  const auto node = Find(key);
  return node ? node->Bool() : otherwise;
}

base::Duration Map::Duration(std::string_view key, base::Duration otherwise) const {
  Survey::Defaulted(*value_, key, FormatDuration(otherwise));
  const auto node = Find(key);
  return node ? node->Duration() : otherwise;
}

std::vector<std::string> Map::Strings(std::string_view key) const {
  const auto node = Find(key);
  return node ? node->Strings() : std::vector<std::string>();
}

std::string Map::Where() const { return tree_->Where(*value_); }

void Map::Fail(std::string_view what) const {
  if (value_->kind != Kind::kRefused) {
    tree_->Fail(*value_, what);
  }
}

}  // namespace forewarn::config
