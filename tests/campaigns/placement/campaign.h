// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "common/base/result.h"

// Live migrations of a loaded guest between two libvirtds, disturbed at random moments. After each the guest runs on
// exactly one of them, by the processes that are there and by what both libvirtds say.
namespace forewarn::migration {

struct Options {
  int n = 30;
  std::uint64_t seed = 1;
  std::string json;
};

struct Figures {
  int done = 0;
  std::map<std::string, int> disturbed;  // by kind
  int moved = 0, stayed = 0;             // by where it ran afterwards
  int paged = 0;                         // the actuator asked for a person
  int lost_with_host = 0;                // it had moved already when its new host was killed: started again
  std::string last;                      // what became of the last one, for a person
  std::vector<std::string> broken;       // what it must never be
  std::vector<double> undisturbed;       // seconds of the actuator, where nothing was disturbed
};

// Inside a bed. kUnavailable where a guest or a libvirtd doesn't start.
base::Result<Figures> Run(const Options& options, const std::string& kernel, const std::string& initrd,
                          const std::function<void(const Figures&)>& progress);

}  // namespace forewarn::migration
