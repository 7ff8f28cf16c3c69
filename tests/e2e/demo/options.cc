// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/demo/options.h"

#include <CLI/CLI.hpp>

#include "tests/e2e/demo/scenario.h"

namespace forewarn::demo {
namespace {

constexpr const char* kWhat =
    "The closed loop on two virtual machines under the same growing load: Forewarn protects one of them.\n"
    "Exit code 0 only if the unprotected one's service broke down, the protected one's did not, and the fault was\n"
    "predicted before. lead_seconds: from the unprotected twin's first tick at or above the threshold `mitigate` to "
    "its\n"
    "breakdown. detect_to_effect_seconds: from the protected twin's such tick to the return of the first change.";

// nullptr: without an experiment, or there is none for the fault.
const Scenario* RehearsedOf(const Options& options) {
  if (options.wrong_first) return FindMisguided(options.fault);
  return options.experiment ? FindRehearsed(options.fault) : nullptr;
}

}  // namespace

const Scenario& ScenarioOf(const Options& options) {
  const Scenario* rehearsed = RehearsedOf(options);
  return rehearsed == nullptr ? FindScenario(options.fault) : *rehearsed;
}

std::optional<Options> ParseOptions(int argc, char** argv, int& exit_code) {
  Options options;
  CLI::App app(kWhat, "demo");
  const std::map<std::string, Machines> machines{
      {"auto", Machines::kAuto}, {"qemu", Machines::kQemu}, {"test", Machines::kTest}};
  app.add_option("--fault", options.fault, "What both twins are made to suffer from.")
      ->check(CLI::IsMember(ScenarioNames()))
      ->capture_default_str();
  app.add_option("--report", options.report, "Write what was measured to this file, as JSON.");
  app.add_option(
         "--hypervisor", options.machines,
         "qemu: real guests (root); test: libvirt's test driver and simulated guests; auto: qemu where possible.")
      ->transform(CLI::CheckedTransformer(machines).description("{auto,qemu,test}"));
  app.add_flag("--keep", options.keep,
               "Leave everything running after the verdict, and print every URL; Ctrl-C ends it.");
  app.add_flag("--experiment", options.experiment,
               "Try the mitigation on a canary, with a milder fault, before it's used (DiskContention).");
  app.add_flag(
      "--wrong-first", options.wrong_first,
      "The same, of a policy whose first mitigation doesn't help: it fails its experiment, and the next is tried.");
  app.add_flag("--without-exporter", options.without_exporter,
               "Predict nothing: both break down, and the verdict is no.");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    exit_code = app.exit(error) == 0 ? 0 : 2;
    return std::nullopt;
  }
  options.experiment = options.experiment || options.wrong_first;
  if (options.experiment && RehearsedOf(options) == nullptr) {
    std::fprintf(stderr, "--experiment: not with %s\n", options.fault.c_str());
    exit_code = 2;
    return std::nullopt;
  }
  return options;
}

}  // namespace forewarn::demo
