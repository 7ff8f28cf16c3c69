// SPDX-License-Identifier: Apache-2.0
#include "tests/campaigns/stops/campaign.h"

#include <filesystem>
#include <fstream>

#include "tests/campaigns/stops/configuration.h"
#include "tests/campaigns/stops/trial.h"
#include "tests/fakes/private_libvirtd.h"

namespace forewarn::stops {

using base::Error;
using base::ErrorCode;
using base::Result;

namespace {

// So that it is the same after a restart as it is now.
Result<void> Define(const std::string& uri) {
  auto xml = testbed::RunCommand({"virsh", "-q", "-c", uri, "dumpxml", kTarget});
  if (!xml) return xml.error();
  fakes::TempDir folder;
  auto defined = testbed::RunCommand({"virsh", "-q", "-c", uri, "define", folder.Write("xml", *xml)});
  return defined ? Result<void>() : defined.error();
}

Result<void> Start(crash::Victim& victim, Telemetry& telemetry, const std::string& uri) {
  const std::string folder = std::filesystem::path(victim.config()).parent_path();
  std::ofstream(victim.config()) << Configuration({folder, telemetry.url(), uri},
                                                  "window: 100ms, show_deadline: 2s, ttl: 2m");
  if (auto started = victim.Start(); !started) return started;
  if (!testbed::WaitUntil(std::chrono::seconds(40), [&] { return victim.Serves(); })) {
    return Error{ErrorCode::kTimeout, "the webhook does not serve:\n" + victim.Log()};
  }
  telemetry.ScrapeBy([&victim] {
    const auto metrics = victim.Call({"GET", "/metrics", "", "", {}});
    return metrics && metrics->body.find("forewarn_experiment_active{domain=\"canary\"") != std::string::npos;
  });
  return {};
}

}  // namespace

Result<Figures> Run(const Options& options, const std::function<void(const Figures&)>& progress) {
  auto libvirtd = fakes::PrivateLibvirtd::Start(fakes::PrivateLibvirtd::Driver::kTest);
  if (!libvirtd) return libvirtd.error();
  crash::Subjects subjects(crash::Subjects::Driver::kTest, (*libvirtd)->uri());
  if (auto added = subjects.Add(kTarget); !added) return added.error();
  if (auto defined = Define(subjects.uri()); !defined) return defined.error();
  auto original = subjects.Look(kTarget);
  if (!original) return original.error();
  Telemetry telemetry(subjects);
  crash::Victim victim(telemetry.url(), subjects.uri());
  if (auto started = Start(victim, telemetry, subjects.uri()); !started) return started.error();
  const Plant plant{subjects, telemetry, victim, *original};
  std::mt19937_64 random(options.seed);
  Figures figures;
  while (figures.trials < options.n) {
    const Kind kind = Draw(figures.trials, random);
    if (auto tried = Trial(plant, kind, random).Run(figures); !tried) {
      return Error{tried.error().code, "trial " + std::to_string(figures.trials + 1) + ": " + tried.error().message};
    }
    ++figures.trials;
    ++figures.of[kind.name];
    progress(figures);
  }
  telemetry.ScrapeBy({});
  return figures;
}

}  // namespace forewarn::stops
