// SPDX-License-Identifier: Apache-2.0
// Fails over from a PostgreSQL whose old primary lives on, and looks for two writers.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/campaigns/command_line.h"
#include "tests/campaigns/two_writers/campaign.h"

namespace forewarn::two_writers {
namespace {

constexpr int kBroken = 1, kSkipped = 77;

double Median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

double Longest(const std::vector<double>& values) {
  return values.empty() ? 0 : *std::max_element(values.begin(), values.end());
}

nlohmann::ordered_json ToJson(const Options& options, const base::Result<Figures>& figures) {
  nlohmann::ordered_json json = {{"n", options.n}, {"seed", options.seed}, {"ok", figures && figures->broken.empty()}};
  if (!figures) return json["error"] = figures.error().message, json;
  json["trials"] = figures->trials;
  json["promoted"] = figures->promoted;
  json["refused"] = figures->refused;
  json["writes"] = {{"primary", figures->primary}, {"standby", figures->standby}, {"overlapping", figures->overlap}};
  json["lost_writes"] = figures->lost;
  json["promotion_seconds"] = {{"median", Median(figures->promotions)}, {"max", Longest(figures->promotions)}};
  json["situations"] = figures->situations;
  json["broken"] = figures->broken;
  return json;
}

void Progress(const Options& options, const Figures& figures) {
  const bool terminal = isatty(STDERR_FILENO) != 0;
  std::fprintf(stderr, "%s%d of %d failovers: %d promoted, %d refused%s", terminal ? "\r" : "", figures.trials,
               options.n, figures.promoted, figures.refused, terminal ? " " : "\n");
}

int Conclude(const Options& options, const base::Result<Figures>& figures) {
  if (!options.json.empty()) std::ofstream(options.json) << ToJson(options, figures).dump(2) << "\n";
  if (!figures) {
    std::printf("cannot run: %s\n", figures.error().message.c_str());
    return figures.error().code == base::ErrorCode::kUnavailable ? kSkipped : kBroken;
  }
  for (const std::string& broken : figures->broken) std::printf("BROKEN: %s\n", broken.c_str());
  std::printf(
      "%d failovers in %zu situations: %d promoted (median %.2f s, longest %.2f s), %d refused for want of proof; "
      "%zu + %zu writes, %zu by two writers at once, %lld confirmed ones lost\n",
      figures->trials, figures->situations.size(), figures->promoted, Median(figures->promotions),
      Longest(figures->promotions), figures->refused, figures->primary, figures->standby, figures->overlap,
      static_cast<long long>(figures->lost));
  return figures->broken.empty() ? 0 : kBroken;
}

int Main(int argc, char** argv) {
  Options options;
  CLI::App app("Fails over from a PostgreSQL whose old primary lives on: there must never be two writers.",
               "failover-campaign");
  if (const auto ended = campaigns::Parse(app, options, {"Failovers.", "Of how the primary is cut off."}, {argc, argv}))
    return *ended;
  return Conclude(options, Run(options, [&](const Figures& figures) { Progress(options, figures); }));
}

}  // namespace
}  // namespace forewarn::two_writers

int main(int argc, char** argv) { return forewarn::two_writers::Main(argc, argv); }
