// SPDX-License-Identifier: Apache-2.0
#include "tests/architecture/source.h"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <regex>

namespace forewarn::architecture {
namespace {

std::vector<Include> IncludesOf(const std::vector<std::string>& lines) {
  static const std::regex kAny(R"(^\s*#\s*include\b.*)");
  static const std::regex kPlain(R"re(^\s*#\s*include\s*([<"])([^>"]+)[>"].*)re");
  std::vector<Include> includes;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    std::smatch match;
    if (std::regex_match(lines[i], match, kPlain)) {
      includes.push_back({match[2], match[1] == "\"", i + 1});
    } else if (std::regex_match(lines[i], kAny)) {
      includes.push_back({"", false, i + 1});
    }
  }
  return includes;
}

}  // namespace

std::vector<std::string> ReadLines(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) {
    lines.push_back(line);
  }
  return lines;
}

std::vector<Source> ReadSources(const std::filesystem::path& root, std::string_view top) {
  std::vector<Source> sources;
  if (!std::filesystem::exists(root / top)) {
    return sources;
  }
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root / top)) {
    const auto kind = entry.path().extension();
    if (entry.is_regular_file() && (kind == ".h" || kind == ".cc")) {
      Source source;
      const auto relative = entry.path().lexically_relative(root);
      source.path = relative.generic_string();
      source.folder = relative.parent_path().generic_string();
      source.lines = ReadLines(entry.path());
      source.includes = IncludesOf(source.lines);
      sources.push_back(std::move(source));
    }
  }
  std::sort(sources.begin(), sources.end(), [](const Source& a, const Source& b) { return a.path < b.path; });
  return sources;
}

std::string_view CodeOf(std::string_view line) {
  bool in_text = false;
  for (std::size_t at = 0; at + 1 < line.size(); ++at) {
    if (line[at] == '\\') {
      ++at;
    } else if (line[at] == '"') {
      in_text = !in_text;
    } else if (!in_text && line.substr(at, 2) == "//") {
      return line.substr(0, at);
    }
  }
  return line;
}

std::vector<std::string> WordsOf(std::string_view line) {
  std::vector<std::string> words(1);
  char before = ' ';
  for (const char c : line) {
    const auto letter = static_cast<unsigned char>(c);
    const bool begins = std::isupper(letter) != 0 && std::islower(static_cast<unsigned char>(before)) != 0;
    if (begins || std::isalpha(letter) == 0) {
      words.emplace_back();
    }
    if (std::isalpha(letter) != 0) {
      words.back() += static_cast<char>(std::tolower(letter));
    }
    before = c;
  }
  return words;
}

}  // namespace forewarn::architecture
