// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace forewarn::campaign {

struct Options {
  int runs = 0;
  std::uint64_t seed = 0;
  std::string out;
  double run_seconds = 60;
  int runs_per_guest = 8;
  int guests = 4;  // at once
};

// nullopt: the program ends with `exit_code`.
std::optional<Options> ParseOptions(int argc, char** argv, int& exit_code);

}  // namespace forewarn::campaign
