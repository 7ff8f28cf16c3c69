// SPDX-License-Identifier: Apache-2.0
#include "tests/testbed/guest/command.h"

#include <map>
#include <sstream>

namespace forewarn::testbed::guest {
namespace {

const std::map<std::string, std::size_t> kLoads = {{"cpu", 1},  {"leak", 1},  {"disk", 3},  {"errors", 1},
                                                   {"net", 1},  {"fail", 1},  {"hang", 1},  {"hold", 1},
                                                   {"fill", 1}, {"storm", 1}, {"impair", 2}};

}  // namespace

std::optional<Command> ParseCommand(const std::string& line) {
  std::istringstream words(line);
  Command command;
  words >> command.verb;
  if (command.verb == "stop") {
    words >> command.what;
    if (!command.what.empty() && !kLoads.contains(command.what)) return std::nullopt;
  } else if (const auto load = kLoads.find(command.verb); load != kLoads.end()) {
    for (double number = 0; words >> number;) command.numbers.push_back(number);
    if (command.numbers.size() != load->second || !words.eof()) return std::nullopt;
  } else if (command.verb != "ping" && command.verb != "serve") {
    return std::nullopt;
  }
  return command;
}

}  // namespace forewarn::testbed::guest
