// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "common/base/result.h"

namespace forewarn::rehearsals {

struct Options {
  int n = 10;              // experiments of each fault
  std::uint64_t seed = 1;  // of the pauses between them
  std::string json = {};   // file; empty: none
  std::vector<std::string> faults = {};
};

struct Tally {
  int run = 0;
  int shown = 0;   // the injection was seen in telemetry
  int milder = 0;  // and was milder than what was predicted
  int tested = 0;  // the mitigation was tried and judged: passed or failed
  int passed = 0;
  int restored = 0;  // every setting is what it was, and no marker is left
  // What the exporter made of them, by its own series: injections that counted for the accuracy of the fault's
  // signature, those recognised, and the accuracy before the first and after the last.
  int counted = 0, recognised = 0;
  double accuracy_before = 0, accuracy_after = 0;
  double seconds = 0;
  std::vector<std::string> broken;
  bool Holds(int n) const { return run == n && shown == n && milder == n && tested == n && restored == n; }
};

struct Figures {
  std::map<std::string, Tally> by_fault;
  bool Hold(int n) const;
};

// Says on stderr how far it is. An error: the campaign itself could not go on; kUnsupported: not on this machine.
base::Result<Figures> Run(const Options& options);
std::string ToText(const Figures& figures);  // JSON

}  // namespace forewarn::rehearsals
