// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>

#include "cli/remote/describe.h"

// The commands about experiments. Each gives what is to be printed; an error is why it was refused, not to be had, or
// not passed.
namespace forewarn::trials {

using remote::Options;
using remote::Printed;

inline constexpr const char* kExperiments = "/api/v1/experiments";

// Adds `experiment` and its subcommands.
void Describe(CLI::App& app, Options& options, remote::Command& chosen);

Printed Run(const Options& options);  // with `wait` an error unless it passes
Printed List(const Options& options);
Printed Show(const Options& options);
Printed Abort(const Options& options);
Printed PlayGameDay(const Options& options);  // an error unless all pass
Printed Report(const Options& options);

}  // namespace forewarn::trials
