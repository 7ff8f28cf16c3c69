// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/clock.h"
#include "common/base/result.h"

// Strict YAML for configuration files: every mistake is reported with its place, `file:line: key.path: what is wrong`,
// all of them at once. Unknown keys, duplicate keys, anchors, aliases, merge keys, depth over 32 and files over 256 KiB
// are refused. Never for data from the network. A document belongs to one thread.
namespace forewarn::config {

class Map;
struct Tree;   // a parsed file and the mistakes found in it
struct Value;  // one place in it

// One value in a document. Cheap to copy; valid as long as its Document. A typed read of a value of another type
// records an error in the document and returns a zero value, so that a decoder reads on and reports every mistake. A
// key without a value reads as an empty mapping or sequence, and is a mistake where a scalar is asked for.
class Node {
 public:
  std::string String() const;
  double Number() const;
  std::int64_t Integer() const;
  bool Bool() const;                                          // true or false only
  base::Duration Duration() const;                            // Prometheus' form: 1h30m, 15s, 500ms; not negative
  std::vector<Node> Items() const;                            // of a sequence
  std::vector<std::pair<std::string, Node>> Entries() const;  // of a mapping with free keys, in the file's order
  std::vector<std::string> Strings() const;                   // of a sequence of scalars
  Map AsMap() const;                                          // of a mapping with known keys

  bool IsMap() const;
  bool IsSequence() const;
  bool IsScalar() const;
  std::string Where() const;               // "file:line: key.path"
  void Fail(std::string_view what) const;  // records an error at this place

 private:
  friend class Map;
  friend class Document;
  Node(Tree* tree, const Value* value) : tree_(tree), value_(value) {}
  const std::string* Scalar() const;
  Tree* tree_;
  const Value* value_;
};

// A mapping whose keys are known to the decoder: a key that nobody asked for by the time of Document::Finish is an
// error. Cheap to copy; valid as long as its Document.
class Map {
 public:
  std::optional<Node> Find(std::string_view key) const;     // absent: nullopt
  std::optional<Node> Require(std::string_view key) const;  // absent: an error is recorded, nullopt

  // The value of a key, or the default where it is absent.
  std::string String(std::string_view key, std::string otherwise = {}) const;
  double Number(std::string_view key, double otherwise) const;
  std::int64_t Integer(std::string_view key, std::int64_t otherwise) const;
  bool Bool(std::string_view key, bool otherwise) const;
  base::Duration Duration(std::string_view key, base::Duration otherwise) const;
  std::vector<std::string> Strings(std::string_view key) const;

  std::string Where() const;
  void Fail(std::string_view what) const;

 private:
  friend class Node;
  Map(Tree* tree, const Value* value) : tree_(tree), value_(value) {}
  Tree* tree_;
  const Value* value_;
};

// One file. Usage:  auto doc = Document::Load(path); if (!doc) ...; Settings s = Decode(doc->Root().AsMap());
//                   if (auto done = doc->Finish(); !done) report done.error().message (one mistake per line).
class Document {
 public:
  // kNotFound where there is no file, kUnavailable where it cannot be read, kInvalid where it is not YAML at all.
  static base::Result<Document> Load(const std::string& path);
  // `name` stands for the file in messages.
  static base::Result<Document> Parse(const std::string& name, std::string_view text);

  Node Root() const;
  base::Result<void> Finish() const;  // all recorded mistakes, in the order of the file

 private:
  explicit Document(std::shared_ptr<Tree> tree) : tree_(std::move(tree)) {}
  std::shared_ptr<Tree> tree_;
};

// "1h30m", "15s", "500ms": Prometheus' durations (y w d h m s ms), not negative.
base::Result<base::Duration> ParseDuration(std::string_view text);
// The same form, in whole milliseconds.
std::string FormatDuration(base::Duration duration);

}  // namespace forewarn::config
