// SPDX-License-Identifier: Apache-2.0
// Alert storms on domains of libvirt's test driver.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>

#include "common/log/log.h"
#include "tests/campaigns/command_line.h"
#include "tests/campaigns/storms/storm.h"

namespace forewarn::storms {
namespace {

struct Options {
  int n = 1000, domains = 1000;
  std::uint64_t seed = 1;
  std::string json;
};

struct Figures {
  int storms = 0;
  long alerts = 0, episodes = 0, effects = 0;
  std::size_t most_at_once = 0;
  std::string broken;
};

void Progress(const Options& options, const Figures& figures) {
  const bool terminal = isatty(STDOUT_FILENO) != 0;
  if (!terminal && figures.storms % 50 != 0) return;
  std::printf("%s%d of %d storms, %ld effects%s", terminal ? "\r" : "", figures.storms, options.n, figures.effects,
              terminal ? " " : "\n");
  std::fflush(stdout);
}

Figures RunAll(const Options& options) {
  Figures figures;
  const auto memory = std::filesystem::path("/dev/shm");  // a storm's journal needs no disk
  const auto base = std::filesystem::is_directory(memory) ? memory : std::filesystem::temp_directory_path();
  std::string pattern = base / "stormXXXXXX";
  const std::filesystem::path directory = mkdtemp(pattern.data());
  Fleet fleet(directory, options.domains);
  while (figures.storms < options.n && figures.broken.empty()) {
    const std::uint64_t seed = options.seed * 1'000'003 + static_cast<std::uint64_t>(figures.storms);
    auto outcome = Run(fleet, directory, seed);
    ++figures.storms;
    if (outcome) {
      figures.alerts += outcome->alerts;
      figures.episodes += outcome->episodes;
      figures.effects += outcome->effects;
      figures.most_at_once = std::max(figures.most_at_once, outcome->most_at_once);
    } else {
      figures.broken = "storm " + std::to_string(seed) + ": " + outcome.error().message;
    }
    for (const char* suffix : {"", "-wal", "-shm"}) {
      std::filesystem::remove(directory / ("storm" + std::to_string(seed) + ".db" + suffix));
    }
    Progress(options, figures);
  }
  std::filesystem::remove_all(directory);
  return figures;
}

int Conclude(const Options& options, const Figures& figures) {
  const bool ok = figures.broken.empty() && figures.effects > 0;
  if (!options.json.empty()) {
    const nlohmann::ordered_json json{{"n", options.n},
                                      {"seed", options.seed},
                                      {"domains", options.domains},
                                      {"storms", figures.storms},
                                      {"alerts", figures.alerts},
                                      {"episodes", figures.episodes},
                                      {"effects", figures.effects},
                                      {"most_at_once", figures.most_at_once},
                                      {"ok", ok},
                                      {"broken", figures.broken}};
    std::ofstream(options.json) << json.dump(2) << "\n";
  }
  std::printf("%d storms of %d domains: %ld alerts, %ld episodes, %ld effects, at most %zu at once; %s\n",
              figures.storms, options.domains, figures.alerts, figures.episodes, figures.effects, figures.most_at_once,
              ok ? "no limit was broken, everything is as it was" : ("BROKEN: " + figures.broken).c_str());
  return ok ? 0 : 1;
}

int Main(int argc, char** argv) {
  Options options;
  CLI::App app("Alert storms: no limit may be broken.", "storm-campaign");
  app.add_option("--domains", options.domains, "In the fleet.")->capture_default_str()->check(CLI::Range(10, 9999));
  if (const auto ended =
          campaigns::Parse(app, options, {"Storms.", "Of what comes and what is allowed."}, {argc, argv}))
    return *ended;
  static_cast<void>(log::Configure("error", "logfmt"));
  return Conclude(options, RunAll(options));
}

}  // namespace
}  // namespace forewarn::storms

int main(int argc, char** argv) { return forewarn::storms::Main(argc, argv); }
