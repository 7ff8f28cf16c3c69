// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "tests/e2e/demo/scenario.h"

namespace forewarn::demo {

enum class Machines { kAuto, kQemu, kTest };  // kAuto: QEMU guests where the machine allows it, else the simulation

struct Options {
  std::string fault = "DiskContention";
  std::string report;  // file for the JSON report; empty: none
  Machines machines = Machines::kAuto;
  bool experiment = false;        // try the mitigation on a canary before it's used
  bool wrong_first = false;       // the same, of a policy whose first mitigation doesn't help
  bool keep = false;              // leave all running after the verdict, until Ctrl-C
  bool without_exporter = false;  // nothing is predicted: the verdict has to be a failure
};

const Scenario& ScenarioOf(const Options& options);

// nullopt where there is nothing to run: `exit_code` is then 0 (--help) or 2, and all has been said.
std::optional<Options> ParseOptions(int argc, char** argv, int& exit_code);

}  // namespace forewarn::demo
