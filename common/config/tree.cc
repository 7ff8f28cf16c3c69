// SPDX-License-Identifier: Apache-2.0
#include "common/config/tree.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <sstream>

namespace forewarn::config {
namespace {

constexpr std::size_t kMaxDepth = 32;

struct TooDeep {
  int line;
};

std::string PathOf(const Value& value) {
  if (value.parent == nullptr) {
    return {};
  }
  std::string path = PathOf(*value.parent);
  if (!path.empty() && !value.label.starts_with('[')) {
    path += '.';
  }
  return path + value.label;
}

int LineOf(const YAML::Mark& mark) { return mark.line + 1; }

// Whether the quoted scalar that begins at `begin` ever ends: yaml-cpp takes the end of the file for its closing quote
// if it comes after a line end, and so would swallow every key in between.
bool IsOpenQuote(std::string_view text, std::size_t begin) {
  const char quote = begin < text.size() ? text[begin] : '\0';
  if (quote != '"' && quote != '\'') {
    return false;
  }
  for (std::size_t at = begin + 1; at < text.size(); ++at) {
    if (text[at] == '\\' && quote == '"') {
      ++at;
    } else if (text[at] == quote) {
      if (quote == '"' || text.substr(at + 1, 1) != "'") {
        return false;
      }
      ++at;  // '' within single quotes stands for one
    }
  }
  return true;
}

// Builds the tree, and reports what we refuse: anchors, aliases, merge keys, tags, keys that are given twice or are not
// scalars.
class Builder : public YAML::EventHandler {
 public:
  Builder(std::string_view text, Tree& tree) : text_(text), tree_(tree) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (tree_.root != nullptr) {
      throw YAML::ParserException(mark, "more than one document");
    }
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { Check(Add(mark, Kind::kNull), "", anchor); }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    tree_.Fail(Add(mark, Kind::kRefused), "aliases are not allowed");
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override {
    if (tag == "!" && IsOpenQuote(text_, static_cast<std::size_t>(mark.pos))) {
      throw YAML::ParserException(mark, "a quote is never closed");
    }
    if (AwaitsKey()) {
      open_.back().key = text;
      open_.back().key_line = LineOf(mark);
      open_.back().awaits_key = false;
      Value key{.kind = Kind::kScalar, .line = LineOf(mark), .parent = open_.back().value, .label = text};
      Check(key, tag, anchor);
      return;
    }
    Value& value = Add(mark, Kind::kScalar);
    value.text = text;
    value.plain = tag == "?";
    Check(value, tag, anchor);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    Open(mark, Kind::kSequence, tag, anchor);
  }
  void OnSequenceEnd() override { open_.pop_back(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    Open(mark, Kind::kMap, tag, anchor);
  }
  void OnMapEnd() override { open_.pop_back(); }

 private:
  struct OpenValue {
    Value* value;
    bool awaits_key;  // of a mapping: the next event is a key
    std::string key;
    int key_line = 0;
    std::map<std::string, int, std::less<>> lines{};  // of the keys so far
  };

  bool AwaitsKey() const { return !open_.empty() && open_.back().awaits_key; }

  void Open(const YAML::Mark& mark, Kind kind, const std::string& tag, YAML::anchor_t anchor) {
    if (open_.size() == kMaxDepth) {
      throw TooDeep{LineOf(mark)};
    }
    Value& value = Add(mark, kind);
    Check(value, tag, anchor);
    open_.push_back({.value = &value, .awaits_key = kind == Kind::kMap, .key = {}});
  }

  Value& Add(const YAML::Mark& mark, Kind kind) {
    Value& value = tree_.values.emplace_back(Value{.kind = kind, .line = std::max(LineOf(mark), 1)});
    if (open_.empty()) {
      tree_.root = &value;
      value.line = 1;
      return value;
    }
    OpenValue& parent = open_.back();
    value.parent = parent.value;
    if (parent.value->kind == Kind::kSequence) {
      value.label = "[" + std::to_string(parent.value->items.size()) + "]";
      parent.value->items.push_back(&value);
    } else if (parent.awaits_key) {
      parent.awaits_key = false;
      parent.key = "?";
      parent.key_line = value.line;
      value.label = parent.key;
      tree_.Fail(value, "a key must be a word");
    } else {
      AddEntry(parent, value);
    }
    return value;
  }

  void AddEntry(OpenValue& parent, Value& value) {
    parent.awaits_key = true;
    value.label = parent.key;
    value.line = parent.key_line;
    if (parent.key == "<<") {
      tree_.Fail(value, "merge keys are not allowed");
      return;
    }
    const auto [first, is_new] = parent.lines.emplace(parent.key, value.line);
    if (!is_new) {
      tree_.Fail(value, "given twice, first in line " + std::to_string(first->second));
      return;
    }
    parent.value->items.push_back(&value);
  }

  void Check(const Value& value, const std::string& tag, YAML::anchor_t anchor) {
    if (anchor != YAML::NullAnchor) {
      tree_.Fail(value, "anchors are not allowed");
    }
    if (!tag.empty() && tag != "?" && tag != "!") {
      tree_.Fail(value, "tags are not allowed");
    }
  }

  std::string_view text_;
  Tree& tree_;
  std::vector<OpenValue> open_;
};

base::Error Invalid(const std::string& name, int line, const std::string& what) {
  return {base::ErrorCode::kInvalid, name + ":" + std::to_string(line) + ": " + what};
}

}  // namespace

std::string Tree::Where(const Value& value) const {
  const std::string path = PathOf(value);
  return name + ":" + std::to_string(value.line) + (path.empty() ? "" : ": " + path);
}

void Tree::Fail(const Value& value, std::string_view what) {
  mistakes.push_back({value.line, Where(value) + ": " + std::string(what)});
}

base::Result<void> BuildTree(std::string_view text, Tree& tree) {
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    Builder builder(text, tree);
    if (!parser.HandleNextDocument(builder)) {
      tree.root = &tree.values.emplace_back();  // an empty file: every key absent
      return {};
    }
    parser.HandleNextDocument(builder);  // there must be none
    return {};
  } catch (const TooDeep& deep) {
    return Invalid(tree.name, deep.line, "nested more than " + std::to_string(kMaxDepth) + " deep");
  } catch (const YAML::Exception& error) {
    return Invalid(tree.name, std::max(LineOf(error.mark), 1), error.msg);
  } catch (const std::exception& error) {
    return Invalid(tree.name, 1, error.what());
  }
}

}  // namespace forewarn::config
