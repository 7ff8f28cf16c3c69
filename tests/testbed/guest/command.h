// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace forewarn::testbed::guest {

// One line to a machine's agent (machine.h has the grammar).
struct Command {
  std::string verb;             // a load, "stop", "serve" or "ping"
  std::string what;             // of stop: a load; empty: all
  std::vector<double> numbers;  // of a load: as many as it takes
};

std::optional<Command> ParseCommand(const std::string& line);  // nullopt: not understood

}  // namespace forewarn::testbed::guest
