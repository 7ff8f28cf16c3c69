// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "common/base/utf8.h"
#include "common/config/tree.h"
#include "common/config/yaml.h"

namespace forewarn::config {
namespace {

constexpr std::size_t kMaxSize = 256 << 10;

// The first byte that is not part of UTF-8 text, or npos. Control characters are none: yaml-cpp takes 0x04 for the end
// of the file and would drop the rest without a word.
std::size_t FindBinary(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto first = static_cast<unsigned char>(text[at]);
    const std::size_t length = base::Utf8Length(text.substr(at));
    if (length == 0 || first == 0x7F || (first < 0x20 && first != '\t' && first != '\n' && first != '\r')) {
      return at;
    }
    at += length;
  }
  return std::string_view::npos;
}

base::Error TooLarge(const std::string& name) {
  return {base::ErrorCode::kInvalid, name + ": larger than " + std::to_string(kMaxSize >> 10) + " KiB"};
}

base::Error CannotRead(const std::string& path) {
  const int reason = errno;
  return {reason == ENOENT ? base::ErrorCode::kNotFound : base::ErrorCode::kUnavailable,
          path + ": " + std::strerror(reason)};
}

void RefuseUnknownKeys(Tree& tree) {
  for (const auto& [map, keys] : tree.asked) {
    for (const Value* entry : map->items) {
      if (!keys.contains(entry->label)) {
        tree.Fail(*entry, "unknown key");
      }
    }
  }
}

}  // namespace

base::Result<Document> Document::Load(const std::string& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"), &std::fclose);
  if (file == nullptr) {
    return CannotRead(path);
  }
  std::string text(kMaxSize + 1, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), file.get()));
  if (std::ferror(file.get()) != 0) {
    return CannotRead(path);
  }
  return Parse(path, text);
}

base::Result<Document> Document::Parse(const std::string& name, std::string_view text) {
  if (text.size() > kMaxSize) {
    return TooLarge(name);
  }
  if (const std::size_t binary = FindBinary(text); binary != std::string_view::npos) {
    const auto line = 1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(binary), '\n');
    return base::Error{base::ErrorCode::kInvalid, name + ":" + std::to_string(line) + ": not UTF-8 text"};
  }
  if (text.starts_with("\xEF\xBB\xBF")) {
    text.remove_prefix(3);
  }
  auto tree = std::make_shared<Tree>();
  tree->name = name;
  if (auto built = BuildTree(text, *tree); !built) {
    return built.error();
  }
  return Document(std::move(tree));
}

Node Document::Root() const { return Node(tree_.get(), tree_->root); }

base::Result<void> Document::Finish() const {
  RefuseUnknownKeys(*tree_);
  tree_->asked.clear();  // reported once, however often this is called
  auto mistakes = tree_->mistakes;
  if (mistakes.empty()) {
    return {};
  }
  std::stable_sort(mistakes.begin(), mistakes.end(),
                   [](const Mistake& a, const Mistake& b) { return a.line < b.line; });
  std::string message;
  for (const Mistake& mistake : mistakes) {
    message += (message.empty() ? "" : "\n") + mistake.message;
  }
  return base::Error{base::ErrorCode::kInvalid, std::move(message)};
}

}  // namespace forewarn::config
