// SPDX-License-Identifier: Apache-2.0
// The journal's disk fails under the real forewarn-webhook.
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>

#include "tests/campaigns/command_line.h"
#include "tests/campaigns/disk/trial.h"
#include "tests/fakes/temp_dir.h"

namespace forewarn::disk {
namespace {

constexpr int kSkipped = 77;  // as automake says it

struct Options {
  int n = 30;
  std::uint64_t seed = 1;
  std::string json;
};

struct Figures {
  int trials = 0, started = 0, died = 0, acted = 0, undone_dead = 0, refused = 0;
  std::string broken, skipped;
};

// File systems of our own, which nobody else sees and which end with us.
bool OwnMounts() {
  return unshare(CLONE_NEWNS) == 0 && mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
}

void Add(Figures& figures, const Outcome& outcome) {
  figures.started += outcome.started ? 1 : 0;
  figures.died += outcome.died ? 1 : 0;
  figures.acted += outcome.acted ? 1 : 0;
  figures.undone_dead += outcome.undone_dead ? 1 : 0;
  figures.refused += outcome.refused;
}

Figures RunAll(const Options& options) {
  Figures figures;
  if (!OwnMounts()) figures.skipped = "a mount namespace needs root";
  if (access("/usr/bin/strace", X_OK) != 0) figures.skipped = "no strace";
  std::mt19937_64 random(options.seed);
  while (figures.trials < options.n && figures.broken.empty() && figures.skipped.empty()) {
    const Fault fault = kFaults[static_cast<std::size_t>(figures.trials) % std::size(kFaults)];
    // Every other one early: before the effect, or in its course.
    const std::uint64_t latest = random() % 2 == 0 ? 10 : 50;
    const int number = static_cast<int>(1 + random() % latest);
    fakes::TempDir directory;
    auto outcome = RunTrial(directory.path(), fault, number);
    if (!outcome && outcome.error().code == base::ErrorCode::kUnavailable) {
      figures.skipped = outcome.error().message;
      break;
    }
    ++figures.trials;
    if (outcome) {
      Add(figures, *outcome);
    } else {
      figures.broken = "trial " + std::to_string(figures.trials) + ", call " + std::to_string(number) + ": " +
                       outcome.error().message;
    }
    std::printf("%d of %d trials, %d journals died\n", figures.trials, options.n, figures.died);
    std::fflush(stdout);
  }
  return figures;
}

int Conclude(const Options& options, const Figures& figures) {
  const bool ok = figures.broken.empty();
  if (!options.json.empty()) {
    const nlohmann::ordered_json json{{"n", options.n},
                                      {"seed", options.seed},
                                      {"trials", figures.trials},
                                      {"started", figures.started},
                                      {"died", figures.died},
                                      {"acted", figures.acted},
                                      {"undone_dead", figures.undone_dead},
                                      {"refused", figures.refused},
                                      {"ok", ok},
                                      {"broken", figures.broken},
                                      {"skipped", figures.skipped}};
    std::ofstream(options.json) << json.dump(2) << "\n";
  }
  if (!figures.skipped.empty()) {
    std::printf("SKIPPED: %s\n", figures.skipped.c_str());
    return kSkipped;
  }
  std::printf(
      "%d trials: %d started, %d acted, %d journals died (%d of them with something set), %d alerts answered 503; %s\n",
      figures.trials, figures.started, figures.acted, figures.died, figures.undone_dead, figures.refused,
      ok ? "no effect without a record, nothing promised is lost, all undone and recovered"
         : ("BROKEN: " + figures.broken).c_str());
  return ok ? 0 : 1;
}

int Main(int argc, char** argv) {
  Options options;
  CLI::App app("A journal whose disk fails.", "disk-full-campaign");
  if (const auto ended = campaigns::Parse(app, options, {"Trials.", "Of what fails when."}, {argc, argv}))
    return *ended;
  return Conclude(options, RunAll(options));
}

}  // namespace
}  // namespace forewarn::disk

int main(int argc, char** argv) { return forewarn::disk::Main(argc, argv); }
