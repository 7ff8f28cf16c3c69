// SPDX-License-Identifier: Apache-2.0
#include "tests/architecture/check.h"

namespace forewarn::architecture {
namespace {

constexpr const char* kTops[] = {"common", "predictor", "exporter", "webhook", "cli"};
constexpr std::size_t kMaxReadmeLines = 40;

void CheckReadme(const std::filesystem::path& root, const std::string& folder, Report& report) {
  const std::string readme = folder + "/README.md";
  if (!std::filesystem::exists(root / readme)) {
    report.violations.push_back(readme + ":1: every room has a README.md");
  } else if (const auto lines = ReadLines(root / readme).size(); lines > kMaxReadmeLines) {
    report.violations.push_back(readme + ":" + std::to_string(lines) + ": longer than 40 lines");
  }
}

}  // namespace

void Report::Add(const Source& source, std::size_t line, const std::string& what) {
  violations.push_back(source.path + ":" + std::to_string(line) + ": " + what);
}

Report Check(const std::filesystem::path& root) {
  const House house(root / "CMakeLists.txt");
  Report report;
  CheckTable(house, report);
  std::set<std::string> folders;
  for (const char* top : kTops) {
    for (const Source& source : ReadSources(root, top)) {
      ++report.files;
      folders.insert(source.folder);
      CheckIncludes(house, source, report);
      CheckContents(source, report);
    }
  }
  for (const Source& source : ReadSources(root, "tests")) {
    ++report.files;
    CheckContents(source, report);
  }
  for (const std::string& folder : folders) {
    CheckReadme(root, folder, report);
  }
  return report;
}

}  // namespace forewarn::architecture
