// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

namespace forewarn::config {

struct Value;

// What decoders ask of documents while it lives, on its thread: the source of a reference that cannot differ from the
// program. What lies under a key is asked for only where the document has that key.
class Survey {
 public:
  struct Key {
    std::string type;       // as it is read; empty: it is not there, or only looked for
    std::string otherwise;  // the default, where the decoder says it at once
    bool required = false;
    int line = 0;  // of the document; 0: it has no such key
  };

  Survey();
  ~Survey();
  Survey(const Survey&) = delete;
  Survey& operator=(const Survey&) = delete;

  // By path: `a.b`, `list[].c` of each item, `map.*.d` of each entry of a mapping with free keys.
  const std::map<std::string, Key>& keys() const { return keys_; }

  // For the room's own use; nothing happens where no survey lives.
  static void Asked(const Value& map, std::string_view key, const Value* found);
  static void Required(const Value& map, std::string_view key);
  static void Defaulted(const Value& map, std::string_view key, std::string otherwise);
  static void Read(const Value& value, std::string_view type);
  static void HasFreeKeys(const Value& map);

 private:
  std::string PathOf(const Value& value) const;
  Key& At(const Value& map, std::string_view key);

  Survey* const outer_;
  std::map<std::string, Key> keys_;
  std::set<const Value*> free_;  // mappings whose keys are names
};

}  // namespace forewarn::config
