// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"

// The inside of this room: a file as a tree of our own, built from yaml-cpp's events. yaml-cpp's nodes are not used:
// they take the first of duplicate keys, follow aliases without limit, and change when they are read.
namespace forewarn::config {

enum class Kind { kNull, kScalar, kSequence, kMap, kRefused };  // refused: already reported, reads silently as nothing

struct Value {
  Kind kind = Kind::kNull;
  bool plain = false;  // a scalar without quotes
  int line = 1;        // of its key, where it has one
  std::string text{};  // of a scalar
  const Value* parent = nullptr;
  std::string label{};  // its key, or "[2]"
  std::vector<const Value*> items{};
};

struct Mistake {
  int line;
  std::string message;
};

struct Tree {
  std::string name;
  std::deque<Value> values;  // never moved: everything else points into it
  const Value* root = nullptr;
  std::map<const Value*, std::set<std::string, std::less<>>> asked;  // per mapping with known keys
  std::vector<Mistake> mistakes;

  // "file:line: key.path", and without the path at the root.
  std::string Where(const Value& value) const;
  void Fail(const Value& value, std::string_view what);
};

// Fills `tree` from UTF-8 text without a byte order mark. An error: the text is no YAML, and nothing can be decoded.
// What is YAML but refused by us is recorded in the tree, and reading goes on.
base::Result<void> BuildTree(std::string_view text, Tree& tree);

}  // namespace forewarn::config
