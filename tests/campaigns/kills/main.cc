// SPDX-License-Identifier: Apache-2.0
// Kills the webhook, and starts it again: the command line and the figures of the campaigns that do so.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>

#include "common/log/log.h"
#include "tests/campaigns/command_line.h"
#include "tests/campaigns/kills/campaign.h"

namespace forewarn::crash {
namespace {

constexpr double kMostRecovery = 1;  // s, p99
constexpr int kUnsuitable = 77;      // ctest's word for a machine without what it takes

bool Holds(const Options& options, const Figures& figures) {
  return figures.broken.empty() && figures.points >= options.n && Quantile(figures.recoveries, 0.99) <= kMostRecovery;
}

nlohmann::ordered_json ToJson(const Options& options, const Figures& figures) {
  nlohmann::ordered_json json{{"n", options.n}, {"seed", options.seed}, {"ok", Holds(options, figures)}};
  json["points"] = figures.points;
  json["missed"] = figures.missed;
  json["broken"] = figures.broken;
  json["at"] = figures.at;
  json["scenarios"] = figures.by_scenario;
  json["calls"] = figures.calls;
  for (const double quantile : {0.5, 0.99, 1.0}) {
    json["recovery_s"].push_back({quantile, Quantile(figures.recoveries, quantile)});
    json["start_s"].push_back({quantile, Quantile(figures.starts, quantile)});
  }
  return json;
}

void Progress(const Options& options, const Figures& figures) {
  if (isatty(STDERR_FILENO) == 0 && figures.points % 100 != 0) return;
  std::fprintf(stderr, "%s%d of %d points, %zu broken, recovery p99 %.0f ms%s", isatty(STDERR_FILENO) != 0 ? "\r" : "",
               figures.points, options.n, figures.broken.size(), Quantile(figures.recoveries, 0.99) * 1000,
               isatty(STDERR_FILENO) != 0 ? " " : "\n");
}

int Conclude(const Options& options, const base::Result<Figures>& figures) {
  if (!figures) {
    std::printf("FAILED: %s\n", figures.error().message.c_str());
    return figures.error().code == base::ErrorCode::kUnavailable ? kUnsuitable : 1;
  }
  if (!options.json.empty()) std::ofstream(options.json) << ToJson(options, *figures).dump(2) << "\n";
  for (const std::string& broken : figures->broken) std::printf("BROKEN: %s\n", broken.c_str());
  std::string at;
  for (const auto& [call, count] : figures->at) at += (at.empty() ? "" : ", ") + call + " " + std::to_string(count);
  std::printf(
      "%d %s (%s): %zu promises broken; recovery p50 %.0f ms, p99 %.0f ms, most %.0f ms (of "
      "that, until the process answers: p50 %.0f ms, p99 %.0f ms)\n",
      figures->points, options.what.c_str(), at.c_str(), figures->broken.size(),
      Quantile(figures->recoveries, 0.5) * 1000, Quantile(figures->recoveries, 0.99) * 1000,
      Quantile(figures->recoveries, 1) * 1000, Quantile(figures->starts, 0.5) * 1000,
      Quantile(figures->starts, 0.99) * 1000);
  return Holds(options, *figures) ? 0 : 1;
}

int Main(int argc, char** argv) {
  Options options = Defaults();
  CLI::App app("Kills the webhook and starts it again: nothing may be lost, come twice or stay half-done.",
               options.what);
  app.add_option("--lanes", options.lanes, "How many at a time.")->capture_default_str()->check(CLI::Range(1, 64));
  if (const auto ended = campaigns::Parse(app, options, {"Kills.", "Of their order."}, {argc, argv})) return *ended;
  static_cast<void>(log::Configure("error", "logfmt"));
  signal(SIGPIPE, SIG_IGN);  // daemons that it talks to are killed
  return Conclude(options, Run(options, [&](const Figures& figures) { Progress(options, figures); }));
}

}  // namespace
}  // namespace forewarn::crash

int main(int argc, char** argv) { return forewarn::crash::Main(argc, argv); }
