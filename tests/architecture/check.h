// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tests/architecture/house.h"
#include "tests/architecture/source.h"

namespace forewarn::architecture {

struct Report {
  std::size_t files = 0;                // that were read
  std::vector<std::string> violations;  // "path:line: what is wrong"

  void Add(const Source& source, std::size_t line, const std::string& what);
};

// Holds a tree to the rules of the house. Its CMakeLists.txt is the table of who may see whom.
Report Check(const std::filesystem::path& root);

// Who sees whom (sight.cc).
void CheckTable(const House& house, Report& report);
void CheckIncludes(const House& house, const Source& source, Report& report);
// What stands in a file, whoever includes it (contents.cc).
void CheckContents(const Source& source, Report& report);

}  // namespace forewarn::architecture
