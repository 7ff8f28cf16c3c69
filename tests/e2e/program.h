// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "tests/testbed/process.h"

namespace forewarn::e2e {

inline std::string ReadAll(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

// forewarn-demo, with what it says and reports in a private folder.
class Program {
 public:
  explicit Program(std::vector<std::string> arguments) : dir_(std::filesystem::temp_directory_path() / Name()) {
    std::filesystem::create_directories(dir_);
    const std::string bin = std::filesystem::read_symlink("/proc/self/exe").parent_path();
    arguments.insert(arguments.begin(), bin + "/forewarn-demo");
    arguments.insert(arguments.end(), {"--report", report_path()});
    auto started = testbed::Process::Start({.argv = std::move(arguments), .log = dir_ / "log"});
    if (started) process_.emplace(std::move(*started));
  }
  ~Program() { std::filesystem::remove_all(dir_); }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  testbed::Process& process() { return *process_; }
  std::string said() const { return ReadAll(dir_ / "log"); }
  std::string report_path() const { return dir_ / "report.json"; }

 private:
  static std::string Name() {
    static int count = 0;
    return "e2e-" + std::to_string(getpid()) + "-" + std::to_string(++count);
  }
  std::filesystem::path dir_;
  std::optional<testbed::Process> process_;
};

}  // namespace forewarn::e2e
