// SPDX-License-Identifier: Apache-2.0
#include "tests/campaigns/vm/options.h"

#include <CLI/CLI.hpp>

namespace forewarn::campaign {
namespace {

constexpr const char* kWhat =
    "Records faults, and runs without, of virtual machines: random kind, intensity, onset, base load and guest size.\n"
    "What DIR holds already is kept: the same seed resumes, another one appends. Exit code 0 only if all runs of the\n"
    "seed are recorded; one that went wrong is named and repeated.";

}  // namespace

std::optional<Options> ParseOptions(int argc, char** argv, int& exit_code) {
  Options options;
  CLI::App app(kWhat, "faults");
  app.add_option("--runs", options.runs, "How many runs of this seed DIR shall hold in the end.")
      ->required()
      ->check(CLI::Range(1, 10000));
  app.add_option("--seed", options.seed, "All that is random comes from it.")->required();
  app.add_option("--out", options.out, "DIR.")->required();
  app.add_option("--run-seconds", options.run_seconds,
                 "Length of a run, after half to three quarters of it as history.")
      ->check(CLI::Range(15, 3600))
      ->capture_default_str();
  app.add_option("--runs-per-guest", options.runs_per_guest, "Then there are new guests of other sizes.")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  app.add_option("--guests", options.guests, "At once.")->check(CLI::Range(1, 16))->capture_default_str();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    exit_code = app.exit(error) == 0 ? 0 : 2;
    return std::nullopt;
  }
  return options;
}

}  // namespace forewarn::campaign
