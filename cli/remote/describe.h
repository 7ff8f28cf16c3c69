// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <functional>

#include "cli/remote/commands.h"

namespace forewarn::remote {

using Command = std::function<Printed(const Options&)>;

// Adds the commands that ask the daemons. Parsing one of them fills `options` and leaves in `chosen` what it does.
void Describe(CLI::App& app, Options& options, Command& chosen);

}  // namespace forewarn::remote
