// SPDX-License-Identifier: Apache-2.0
// Kills the exporter while it saves its state, and starts it again.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/campaigns/command_line.h"
#include "tests/campaigns/state/campaign.h"

namespace forewarn::saves {
namespace {

nlohmann::ordered_json ToJson(const Options& options, const base::Result<Figures>& figures) {
  nlohmann::ordered_json json = {{"n", options.n}, {"seed", options.seed}, {"ok", figures.ok()}};
  if (!figures) return json["error"] = figures.error().message, json;
  json["kills"] = figures->kills;
  json["old"] = figures->old_state;
  json["new"] = figures->new_state;
  json["cut_off"] = figures->cut_off;
  json["at"] = figures->at;
  json["state_bytes"] = figures->bytes;
  return json;
}

void Progress(const Options& options, const Figures& figures) {
  if (isatty(STDERR_FILENO) == 0 && figures.kills % 20 != 0) return;
  std::fprintf(stderr, "%s%d of %d kills: %d old, %d new%s", isatty(STDERR_FILENO) != 0 ? "\r" : "", figures.kills,
               options.n, figures.old_state, figures.new_state, isatty(STDERR_FILENO) != 0 ? " " : "\n");
}

int Conclude(const Options& options, const base::Result<Figures>& figures) {
  if (!options.json.empty()) std::ofstream(options.json) << ToJson(options, figures).dump(2) << "\n";
  if (!figures) {
    std::printf("BROKEN: %s\n", figures.error().message.c_str());
    return 1;
  }
  std::string at;
  for (const auto& [moment, count] : figures->at) at += " " + moment + " " + std::to_string(count);
  std::printf("%d kills (%s ): %d old, %d new, 0 broken; %d left a part of a save; a state has %zu bytes%s\n",
              figures->kills, at.c_str(), figures->old_state, figures->new_state, figures->cut_off, figures->bytes,
              figures->strace ? "" : "; strace does not run here: all kills are random");
  return 0;
}

int Main(int argc, char** argv) {
  Options options;
  CLI::App app("Kills the exporter while it saves its state: it must find the old one or the new one.",
               "save-campaign");
  if (const auto ended = campaigns::Parse(app, options, {"Kills.", "Of the random moments."}, {argc, argv}))
    return *ended;
  return Conclude(options, Run(options, [&](const Figures& figures) { Progress(options, figures); }));
}

}  // namespace
}  // namespace forewarn::saves

int main(int argc, char** argv) { return forewarn::saves::Main(argc, argv); }
