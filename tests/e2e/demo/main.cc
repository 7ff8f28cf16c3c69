// SPDX-License-Identifier: Apache-2.0
// The closed loop on twin virtual machines, one of them protected. What it prints and concludes is measured.
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>

#include "tests/e2e/demo/run.h"
#include "tests/testbed/simulation.h"

namespace forewarn::demo {
namespace {

constexpr int kFailed = 1;

// The folder is opened before the bed hides parts of the file system.
class ReportFile {
 public:
  explicit ReportFile(const std::string& path) : name_(std::filesystem::path(path).filename()) {
    if (path.empty()) return;
    const auto folder = std::filesystem::absolute(path).parent_path();
    folder_ = open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
    ok_ = folder_ >= 0 && !name_.empty() && faccessat(folder_, ".", W_OK, 0) == 0;
  }
  bool ok() const { return ok_; }
  bool Write(const std::string& text) const {
    if (name_.empty()) return true;
    const int file = openat(folder_, name_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    const bool written = file >= 0 && write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    if (file >= 0) close(file);
    return written;
  }

 private:
  std::string name_;
  int folder_ = -1;
  bool ok_ = true;
};

void PrintVerdict(const Findings& findings, const std::vector<std::string>& shortcomings, View& view) {
  const auto lead = findings.LeadSeconds(), effect = findings.DetectToEffectSeconds();
  char text[160] = "";
  if (lead && effect) {
    std::snprintf(text, sizeof text,
                  "predicted %.1f s before the breakdown; %.1f s from the prediction to the first effect", *lead,
                  *effect);
    view.Say(text);
  }
  for (const std::string& why : shortcomings) view.Say("not shown: " + why);
  view.Say(shortcomings.empty() ? "VERDICT: the loop works: what was predicted was prevented where it was allowed to"
                                : "VERDICT: failure");
}

void Keep(const Lab& lab, View& view) {
  for (const auto& [what, url] : lab.Doors()) view.Say(what + ": " + url);
  view.Say("everything runs on; Ctrl-C ends it");
  for (;;) pause();
}

int Conclude(Findings findings, const Options& options, const ReportFile& report, View& view) {
  findings.wall_seconds = view.Elapsed();
  auto shortcomings = Shortcomings(findings);
  if (options.experiment) {
    for (std::string& why : ShortcomingsOfTrials(findings)) shortcomings.push_back(std::move(why));
  }
  PrintVerdict(findings, shortcomings, view);
  if (!report.Write(ToJson(findings))) {
    view.Say("the report cannot be written");
    return kFailed;
  }
  return shortcomings.empty() ? 0 : kFailed;
}

const char* NameOf(testbed::BedOptions::Kind kind) {
  return kind == testbed::BedOptions::Kind::kNamespaces ? "qemu" : "test";
}

int RunInside(testbed::Bed& bed, const std::optional<testbed::Image>& image, const Options& options,
              const ReportFile& report) {
  signal(SIGTERM, [](int) {
    RestoreTerminal();
    _exit(128 + SIGTERM);
  });
  View view(ScenarioOf(options));
  auto lab = Lab::Start(bed, image, options, [&](const std::string& line) { view.Say(line); });
  if (!lab) {
    view.Say("failed: " + lab.error().message);
    return kFailed;
  }
  auto findings = RunExperiment(**lab, options, view);
  int status = kFailed;
  if (findings) {
    findings->hypervisor = NameOf(bed.kind());
    status = Conclude(std::move(*findings), options, report, view);
  } else {
    view.Say("failed: " + findings.error().message);
  }
  if (options.keep) Keep(**lab, view);
  return status;
}

// Which machines, and why, for a person; an error where the wanted ones cannot be had.
base::Result<testbed::BedOptions::Kind> ChooseMachines(const Options& options) {
  const auto no_guests =
      options.machines == Machines::kTest ? std::optional<std::string>("not asked for") : testbed::WhyNoBed();
  if (!no_guests) {
    std::printf("%s on real virtual machines: QEMU guests under a private libvirtd.\n", options.fault.c_str());
    return testbed::BedOptions::Kind::kNamespaces;
  }
  if (options.machines == Machines::kQemu)
    return base::Error{base::ErrorCode::kUnavailable, "no QEMU guests here: " + *no_guests};
  if (const auto why = testbed::Simulation::WhyNot())
    return base::Error{base::ErrorCode::kUnavailable, "no simulation here: " + *why};
  std::printf("%s on simulated machines: libvirt's test driver, and a model of each guest (QEMU: %s).\n",
              options.fault.c_str(), no_guests->c_str());
  return testbed::BedOptions::Kind::kPlain;
}

base::Result<int> Run(const Options& options, const ReportFile& report) {
  const auto kind = ChooseMachines(options);
  if (!kind) return kind.error();
  testbed::BedOptions bed{.kind = *kind};
  if (options.keep) bed.publish = Lab::DoorNames();
  std::optional<testbed::Image> image;
  if (*kind == testbed::BedOptions::Kind::kNamespaces) {
    auto built = testbed::BuildImage(testbed::DefaultCacheDir());
    if (!built) return built.error();
    image = *built;
  }
  return testbed::RunInBed(bed, [&](testbed::Bed& inside) { return RunInside(inside, image, options, report); });
}

}  // namespace

int Main(int argc, char** argv) {
  int exit_code = 0;
  const auto options = ParseOptions(argc, argv, exit_code);
  if (!options) return exit_code;
  const ReportFile report(options->report);
  if (!report.ok()) {
    std::fprintf(stderr, "demo: cannot write to %s\n", options->report.c_str());
    return 2;
  }
  const auto status = Run(*options, report);
  if (status) return *status;
  std::fprintf(stderr, "demo: %s\n", status.error().message.c_str());
  return kFailed;
}

}  // namespace forewarn::demo

int main(int argc, char** argv) { return forewarn::demo::Main(argc, argv); }
