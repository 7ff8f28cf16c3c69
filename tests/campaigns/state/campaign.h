// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "common/base/result.h"

namespace forewarn::saves {

struct Options {
  int n = 200;
  std::uint64_t seed = 1;
  std::string json;  // file; empty: none
};

struct Figures {
  int kills = 0, old_state = 0, new_state = 0;  // what the file was after each: that before the kill, or a later one
  int cut_off = 0;                              // kills that left a part of a save beside it
  std::map<std::string, int> at;                // kills by where they came: random, and each system call
  std::size_t bytes = 0;                        // of a state
  bool strace = true;                           // whether kills at system calls were possible here
};

// The error is the first kill after which the file was neither old nor new, or from which the exporter did not go on.
base::Result<Figures> Run(const Options& options, const std::function<void(const Figures&)>& progress);

}  // namespace forewarn::saves
