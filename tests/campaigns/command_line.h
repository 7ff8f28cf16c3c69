// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>

namespace forewarn::campaigns {

// What --n counts and what --seed draws.
struct Words {
  std::string counted, drawn;
};

// --n, --seed and --json, which every campaign has, beside what `app` has already. The exit code where there is nothing
// to run: 0 (--help) or 2, and all has been said.
template <class Options>
std::optional<int> Parse(CLI::App& app, Options& options, const Words& words, const std::pair<int, char**>& arguments) {
  app.add_option("--n", options.n, words.counted)->capture_default_str()->check(CLI::PositiveNumber);
  app.add_option("--seed", options.seed, words.drawn)->capture_default_str();
  app.add_option("--json", options.json, "Write the figures to this file.");
  try {
    app.parse(arguments.first, arguments.second);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  return std::nullopt;
}

}  // namespace forewarn::campaigns
