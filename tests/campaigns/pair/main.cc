// SPDX-License-Identifier: Apache-2.0
// Two replicas of the webhook on one PostgreSQL, told by two Alertmanagers, paused and resumed beyond their lease.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/campaigns/command_line.h"
#include "tests/campaigns/pair/campaign.h"

namespace forewarn::replicas {
namespace {

constexpr int kSkipped = 77;  // as automake says it

nlohmann::ordered_json ToJson(const Options& options, const Figures& figures) {
  return {{"n", options.n},
          {"seed", options.seed},
          {"ok", figures.Hold()},
          {"pauses", figures.pauses},
          {"episodes", figures.episodes},
          {"open", figures.open},
          {"held", figures.effects.held},
          {"again", figures.effects.again},
          {"refused", figures.effects.refused},
          {"interrupted", figures.effects.interrupted},
          {"undone", figures.effects.undone},
          {"taken_over", figures.effects.taken_over},
          {"stale", figures.effects.stale},
          {"broken", figures.effects.broken},
          {"seconds", figures.seconds}};
}

void Progress(const Options& options, const Figures& figures) {
  const bool terminal = isatty(STDERR_FILENO) != 0;
  std::fprintf(stderr, "%s%d of %d alerts, %d pauses%s", terminal ? "\r" : "", figures.alerts, options.n,
               figures.pauses, terminal ? " " : "\n");
}

int Conclude(const Options& options, const base::Result<Figures>& figures) {
  if (!figures) {
    const bool lacking = figures.error().code == base::ErrorCode::kUnsupported;
    std::printf("%s: %s\n", lacking ? "SKIPPED" : "BROKEN", figures.error().message.c_str());
    return lacking ? kSkipped : 1;
  }
  const Effects& effects = figures->effects;
  if (!options.json.empty()) std::ofstream(options.json) << ToJson(options, *figures).dump(2) << "\n";
  for (const std::string& broken : effects.broken) std::printf("BROKEN: %s\n", broken.c_str());
  std::printf(
      "%d alerts, %d pauses, %d taken over, in %.0f s: %d episodes (%d open); %d alerts with one effect (%d after "
      "an undoing), %d refused, %d interrupted and undone, %zu broken; %d effects of a stale epoch\n",
      figures->alerts, figures->pauses, effects.taken_over, figures->seconds, figures->episodes, figures->open,
      effects.held, effects.again, effects.refused, effects.interrupted, effects.broken.size(), effects.stale);
  return figures->Hold() ? 0 : 1;
}

int Main(int argc, char** argv) {
  Options options;
  CLI::App app("Pauses and resumes two replicas that share a journal: one effect each.", "replicas-campaign");
  if (const auto ended = campaigns::Parse(app, options, {"Alerts.", "Of the moments."}, {argc, argv})) return *ended;
  return Conclude(options, Run(options, [&](const Figures& figures) { Progress(options, figures); }));
}

}  // namespace
}  // namespace forewarn::replicas

int main(int argc, char** argv) { return forewarn::replicas::Main(argc, argv); }
