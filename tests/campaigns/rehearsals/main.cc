// SPDX-License-Identifier: Apache-2.0
// Rehearsals on real guests: the injection shows, is milder than what is predicted, the mitigation is tried, all is
// undone.
#include <cstdio>
#include <fstream>

#include "tests/campaigns/command_line.h"
#include "tests/campaigns/rehearsals/campaign.h"
#include "tests/campaigns/rehearsals/cases.h"

namespace forewarn::rehearsals {
namespace {

constexpr int kSkipped = 77;  // as automake says it

int Conclude(const Options& options, const base::Result<Figures>& figures) {
  if (!figures) {
    const bool lacking = figures.error().code == base::ErrorCode::kUnsupported;
    std::printf("%s: %s\n", lacking ? "SKIPPED" : "BROKEN", figures.error().message.c_str());
    return lacking ? kSkipped : 1;
  }
  if (!options.json.empty()) std::ofstream(options.json) << ToText(*figures);
  std::string line;
  for (const auto& [fault, tally] : figures->by_fault) {
    for (const std::string& broken : tally.broken) std::printf("BROKEN: %s\n", broken.c_str());
    line += fault + " " + std::to_string(tally.run) + " run, " + std::to_string(tally.shown) + " shown, " +
            std::to_string(tally.milder) + " milder, " + std::to_string(tally.tested) + " tested (" +
            std::to_string(tally.passed) + " passed), " + std::to_string(tally.restored) + " restored, " +
            std::to_string(tally.recognised) + " of " + std::to_string(tally.counted) + " recognised, accuracy " +
            std::to_string(tally.accuracy_before) + " to " + std::to_string(tally.accuracy_after) + "; ";
  }
  std::printf("%s%s\n", line.c_str(), figures->Hold(options.n) ? "all hold" : "NOT all hold");
  return figures->Hold(options.n) ? 0 : 1;
}

int Main(int argc, char** argv) {
  Options options;
  CLI::App app("Experiments on real guests: visible, milder, tested, undone.", "experiments-campaign");
  std::vector<std::string> faults;
  for (const Case& one : Cases()) faults.push_back(one.fault);
  app.add_option("--fault", options.faults, "Only these.")->check(CLI::IsMember(faults));
  if (const auto ended =
          campaigns::Parse(app, options, {"Experiments of each fault.", "Of the pauses."}, {argc, argv})) {
    return *ended;
  }
  return Conclude(options, Run(options));
}

}  // namespace
}  // namespace forewarn::rehearsals

int main(int argc, char** argv) { return forewarn::rehearsals::Main(argc, argv); }
