// SPDX-License-Identifier: Apache-2.0
#include "tests/architecture/house.h"

#include <algorithm>
#include <regex>
#include <sstream>

#include "tests/architecture/source.h"

namespace forewarn::architecture {

House::House(const std::filesystem::path& cmake_lists) {
  std::string text;
  for (const std::string& line : ReadLines(cmake_lists)) {
    text += line.substr(0, line.find('#')) + "\n";
  }
  static const std::regex kCommand(R"((forewarn_room|forewarn_program)\(([^)]*)\))");
  for (std::sregex_iterator at(text.begin(), text.end(), kCommand), end; at != end; ++at) {
    std::istringstream words((*at)[2]);
    std::vector<std::string> arguments;
    for (std::string word; words >> word;) {
      arguments.push_back(word);
    }
    Add((*at)[1].str(), arguments);
  }
}

void House::Add(std::string_view command, const std::vector<std::string>& arguments) {
  Room room;
  room.is_program = command == "forewarn_program";
  std::string section = room.is_program ? "NAME" : "FROM";  // which is also what a program's folder stands behind
  for (const std::string& word : arguments) {
    if (word == "FROM" || word == "USES" || word == "PACKAGES") {
      section = word;
    } else if (section == "FROM") {
      room.folder = word;
    } else if (section == "USES") {
      room.uses.insert(word);
    } else if (section == "PACKAGES") {
      room.packages.insert(word);
    }
  }
  const auto same = std::find_if(rooms_.begin(), rooms_.end(), [&](const Room& r) { return r.folder == room.folder; });
  if (same == rooms_.end()) {
    rooms_.push_back(std::move(room));
  } else {  // several programs from one folder
    same->uses.merge(room.uses);
    same->packages.merge(room.packages);
  }
}

const Room* House::Find(std::string_view folder) const {
  const auto found =
      std::find_if(rooms_.begin(), rooms_.end(), [&](const Room& room) { return room.folder == folder; });
  return found == rooms_.end() ? nullptr : &*found;
}

std::set<std::string> House::Reachable(const Room& room) const {
  std::set<std::string> reached;
  std::vector<std::string> open(room.uses.begin(), room.uses.end());
  while (!open.empty()) {
    const std::string folder = open.back();
    open.pop_back();
    if (const Room* used = Find(folder); reached.insert(folder).second && used != nullptr) {
      open.insert(open.end(), used->uses.begin(), used->uses.end());
    }
  }
  return reached;
}

std::set<std::string> House::Visible(const Room& room) const { return room.is_program ? Reachable(room) : room.uses; }

bool IsWithin(std::string_view folder, std::string_view part_of) {
  return folder == part_of || (folder.starts_with(part_of) && folder.substr(part_of.size()).starts_with('/'));
}

}  // namespace forewarn::architecture
