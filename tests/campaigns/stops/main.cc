// SPDX-License-Identifier: Apache-2.0
// Ends experiments early in every way there is: the command line and the figures.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>

#include "common/log/log.h"
#include "tests/campaigns/command_line.h"
#include "tests/campaigns/kills/campaign.h"
#include "tests/campaigns/stops/campaign.h"

namespace forewarn::stops {
namespace {

using crash::Quantile;

constexpr double kMostReaction = 1;  // s, of each
constexpr double kMostAway = 2;      // s, of a question that waits for its answer, and of one before it
constexpr int kUnsuitable = 77;      // ctest's word for a machine without what it takes

bool Holds(const Options& options, const Figures& figures) {
  return figures.trials >= options.n && figures.left.empty() && figures.unheard.empty() &&
         Quantile(figures.reactions, 1) <= kMostReaction && Quantile(figures.away, 1) <= kMostAway;
}

nlohmann::ordered_json ToJson(const Options& options, const Figures& figures) {
  nlohmann::ordered_json json{{"n", options.n}, {"seed", options.seed}, {"ok", Holds(options, figures)}};
  json["trials"] = figures.of;
  json["left"] = figures.left;
  json["unheard"] = figures.unheard;
  for (const double quantile : {0.5, 0.99, 1.0}) {
    json["reaction_s"].push_back({quantile, Quantile(figures.reactions, quantile)});
    json["away_s"].push_back({quantile, Quantile(figures.away, quantile)});
    json["undone_s"].push_back({quantile, Quantile(figures.undone, quantile)});
  }
  return json;
}

void Progress(const Options& options, const Figures& figures) {
  std::fprintf(stderr, "%d of %d experiments, reaction most %.0f ms, %zu left behind, %zu unheard\n", figures.trials,
               options.n, Quantile(figures.reactions, 1) * 1000, figures.left.size(), figures.unheard.size());
}

int Conclude(const Options& options, const base::Result<Figures>& figures) {
  if (!figures) {
    std::printf("FAILED: %s\n", figures.error().message.c_str());
    return figures.error().code == base::ErrorCode::kUnavailable ? kUnsuitable : 1;
  }
  if (!options.json.empty()) std::ofstream(options.json) << ToJson(options, *figures).dump(2) << "\n";
  for (const std::string& left : figures->left) std::printf("LEFT: %s\n", left.c_str());
  for (const std::string& unheard : figures->unheard) std::printf("UNHEARD: %s\n", unheard.c_str());
  const auto ms = [](const std::vector<double>& values, double at) { return Quantile(values, at) * 1000; };
  std::printf(
      "%d experiments ended early: reaction p50 %.0f ms, p99 %.0f ms, most %.0f ms (telemetry away: %.0f ms); all "
      "undone p50 %.0f ms, p99 %.0f "
      "ms, most %.0f ms; %zu left behind, %zu unheard\n",
      figures->trials, ms(figures->reactions, 0.5), ms(figures->reactions, 0.99), ms(figures->reactions, 1),
      ms(figures->away, 1), ms(figures->undone, 0.5), ms(figures->undone, 0.99), ms(figures->undone, 1),
      figures->left.size(), figures->unheard.size());
  return Holds(options, *figures) ? 0 : 1;
}

int Main(int argc, char** argv) {
  Options options;
  CLI::App app("Ends experiments early: within a second, and nothing may be left behind.", "stop-conditions");
  const campaigns::Words words{"Experiments.", "Of what happens, and when."};
  if (const auto ended = campaigns::Parse(app, options, words, {argc, argv})) return *ended;
  static_cast<void>(log::Configure("error", "logfmt"));
  return Conclude(options, Run(options, [&](const Figures& figures) { Progress(options, figures); }));
}

}  // namespace
}  // namespace forewarn::stops

int main(int argc, char** argv) { return forewarn::stops::Main(argc, argv); }
