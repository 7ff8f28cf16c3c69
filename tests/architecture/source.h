// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace forewarn::architecture {

struct Include {
  std::string path;  // empty: not a plain <name> or "name"
  bool quoted = false;
  std::size_t line = 0;
};

struct Source {
  std::string path;    // from the root: "common/http/server.h"
  std::string folder;  // "common/http"
  std::vector<std::string> lines;
  std::vector<Include> includes;
};

std::vector<std::string> ReadLines(const std::filesystem::path& path);
// Every .h and .cc below a top folder of the root, in order.
std::vector<Source> ReadSources(const std::filesystem::path& root, std::string_view top);
// A line of C++ without its // comment.
std::string_view CodeOf(std::string_view line);
// What a line says, as single words in lower case: "kMaxAlerts = old_fault" has max, alerts, old, fault among them.
std::vector<std::string> WordsOf(std::string_view line);

}  // namespace forewarn::architecture
