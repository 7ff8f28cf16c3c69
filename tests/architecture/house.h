// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace forewarn::architecture {

struct Room {
  std::string folder;  // "common/http"
  std::set<std::string> uses, packages;
  bool is_program = false;
};

// The rooms and programs as the top CMakeLists.txt declares them: the one table of who may see whom.
class House {
 public:
  explicit House(const std::filesystem::path& cmake_lists);

  const std::vector<Room>& rooms() const { return rooms_; }  // in the file's order
  const Room* Find(std::string_view folder) const;
  // The rooms it uses, and those that they use.
  std::set<std::string> Reachable(const Room& room) const;
  // What its files may include of other rooms: what it names, and for a program, which puts rooms together, all of
  // that.
  std::set<std::string> Visible(const Room& room) const;

 private:
  void Add(std::string_view command, const std::vector<std::string>& arguments);
  std::vector<Room> rooms_;
};

// "common" holds "common/http" and itself, but not "commonplace".
bool IsWithin(std::string_view folder, std::string_view part_of);

}  // namespace forewarn::architecture
