// SPDX-License-Identifier: Apache-2.0
// Kills what could undo an injection: the command line and the figures.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>

#include "common/log/log.h"
#include "tests/campaigns/command_line.h"
#include "tests/campaigns/kills/campaign.h"
#include "tests/campaigns/undo/campaign.h"

namespace forewarn::undo {
namespace {

using crash::Quantile;

constexpr double kMostLate = 2;  // s
constexpr int kUnsuitable = 77;  // ctest's word for a machine without what it takes

bool Holds(const Options& options, const Figures& figures) {
  return figures.injections >= options.n && figures.broken.empty() && Quantile(figures.late, 1) <= kMostLate;
}

nlohmann::ordered_json ToJson(const Options& options, const Figures& figures) {
  nlohmann::ordered_json json{{"n", options.n}, {"seed", options.seed}, {"ok", Holds(options, figures)}};
  json["injections"] = figures.of;
  json["broken"] = figures.broken;
  json["without_qemu"] = figures.without;
  for (const double quantile : {0.5, 0.99, 1.0}) json["late_s"].push_back({quantile, Quantile(figures.late, quantile)});
  return json;
}

void Progress(const Options& options, const Figures& figures) {
  std::fprintf(stderr, "%d of %d injections, %zu broken, late at most %.0f ms\n", figures.injections, options.n,
               figures.broken.size(), Quantile(figures.late, 1) * 1000);
}

int Conclude(const Options& options, const base::Result<Figures>& figures) {
  if (!figures) {
    std::printf("FAILED: %s\n", figures.error().message.c_str());
    return figures.error().code == base::ErrorCode::kUnavailable ? kUnsuitable : 1;
  }
  if (!options.json.empty()) std::ofstream(options.json) << ToJson(options, *figures).dump(2) << "\n";
  for (const std::string& broken : figures->broken) std::printf("BROKEN: %s\n", broken.c_str());
  if (!figures->without.empty()) std::printf("without real guests: %s\n", figures->without.c_str());
  std::string of;
  for (const auto& [kind, count] : figures->of) of += (of.empty() ? "" : "; ") + kind + " " + std::to_string(count);
  std::printf("%d injections (%s): %zu not undone; after TTL and libvirtd p50 %.0f ms, p99 %.0f ms, most %.0f ms\n",
              figures->injections, of.c_str(), figures->broken.size(), Quantile(figures->late, 0.5) * 1000,
              Quantile(figures->late, 0.99) * 1000, Quantile(figures->late, 1) * 1000);
  return Holds(options, *figures) ? 0 : 1;
}

int Main(int argc, char** argv) {
  Options options;
  CLI::App app("Kills the webhook, libvirtd or both while something is injected: it has to go back in time.",
               "reverts");
  const campaigns::Words words{"Injections.", "Of what is killed, and when."};
  if (const auto ended = campaigns::Parse(app, options, words, {argc, argv})) return *ended;
  static_cast<void>(log::Configure("error", "logfmt"));
  return Conclude(options, Run(options, [&](const Figures& figures) { Progress(options, figures); }));
}

}  // namespace
}  // namespace forewarn::undo

int main(int argc, char** argv) { return forewarn::undo::Main(argc, argv); }
