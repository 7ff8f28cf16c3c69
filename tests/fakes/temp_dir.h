// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace forewarn::fakes {

// A private folder that goes with its owner.
class TempDir {
 public:
  TempDir() {
    std::string name = std::filesystem::temp_directory_path() / "forewarn-test-XXXXXX";
    if (mkdtemp(name.data())) path_ = name;
  }
  ~TempDir() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  std::string path() const { return path_; }
  std::string File(const std::string& name) const { return path_ + "/" + name; }
  // Replaces a file in one step, as an editor or a secret mount does; returns its path.
  std::string Write(const std::string& name, const std::string& text) const {
    std::ofstream(File(name) + ".new") << text;
    std::filesystem::rename(File(name) + ".new", File(name));
    return File(name);
  }

 private:
  std::string path_;
};

}  // namespace forewarn::fakes
