// SPDX-License-Identifier: Apache-2.0
// Whatever a panel of a dashboard asks, a run with an experiment and a mitigation in it has an answer.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/e2e/demo/lab.h"
#include "tests/e2e/demo/run.h"
#include "tests/e2e/program.h"
#include "tests/testbed/simulation.h"

namespace forewarn::e2e {
namespace {

using demo::Lab;
using testbed::Process;

// A fault of a signal that sways around its limit: what the others take days to learn of themselves is known of it
// within the run.
constexpr const char* kDrill =
    "fault: Drill\nhorizon: 2s\nprior_accuracy: 0.9\nscope: host\nrunbook: docs/runbooks/Unknown.md\n"
    "manifestation: {signal: sway, above: 0.7}\nsymptoms: [{signal: sway, is: above, at_least: 0.01, weight: 1}]\n"
    "examples: [{match: true, given: {sway: above}}, {match: false, given: {sway: normal}}]\n";
// Beside it, a signal that no server can answer, and one whose rows name no instance.
constexpr const char* kSignals =
    "    sway: {expr: '0.55 + 0.1 * sin(max by (domain) (up{job=\"node\"}) * time() / 3) + 0.25 * sin(max by (domain) "
    "(up{job=\"node\"}) * time() * 2.4)', unit: ratio}\n"
    "    broken: {expr: 'node_cpu_seconds_total * on (domain) node_cpu_seconds_total', unit: ratio}\n"
    "    nameless: {expr: 'haproxy_process_start_time_seconds', unit: seconds}\n";

// What an installation has beside the two programs of a lab: a second exporter, and the reverter.
class Companions {
 public:
  Companions(testbed::Bed& bed, const demo::Site& site) : bed_(bed), site_(site) {}

  void Start() {
    std::filesystem::create_directories(site_.dir + "/signatures");
    std::ofstream(site_.dir + "/signatures/Drill.yaml") << kDrill;
    std::ofstream(site_.dir + "/drill.yaml") << DrillYaml();
    Launch("forewarn-exporter", "drill.yaml");
    Launch("forewarn-reverter", "forewarn-webhook.yaml");
    const auto reloaded = testbed::RunCommand({"curl", "-sfX", "POST", site_.prometheus + "/-/reload"});
    ASSERT_TRUE(reloaded.ok()) << reloaded.error().message;
  }

 private:
  std::string DrillYaml() const {
    return "source: {url: '" + site_.prometheus + "', timeout: 2s}\ntick: 1s\nmax_age: 5s\n" +
           "thresholds: {default: {notify: 0.2, experiment: 0.3, mitigate: 0.7}}\nsignatures: {directory: '" +
           site_.dir + "/signatures'}\nstate: {directory: '" + site_.dir + "/state', every: 5s}\n" +
           "circumstances: {mitigated: 'max by (domain) (nothing)', experiments: 'max by (domain) (nothing)'}\n" +
           "signals:\n  presets: [node_exporter, libvirt_exporter]\n  define:\n" + kSignals;
  }

  // Scraped by the stack's Prometheus from its next reload on.
  void Launch(const std::string& program, const std::string& config) {
    const std::string bin = std::filesystem::read_symlink("/proc/self/exe").parent_path();
    const std::string address = "127.0.0.1:" + std::to_string(bed_.Port("second-" + program));
    auto process = Process::Start(
        {.argv = {bin + "/" + program, "--config.file=" + site_.dir + "/" + config, "--web.listen-address=" + address},
         .log = site_.dir + "/second-" + program + ".log"});
    ASSERT_TRUE(process.ok()) << process.error().message;
    running_.push_back(std::move(*process));
    std::ofstream(bed_.dir() + "/stack/prometheus.yml", std::ios::app)
        << "- job_name: second-" << program << "\n  static_configs: [{targets: ['" << address << "']}]\n";
  }

  testbed::Bed& bed_;
  const demo::Site& site_;
  std::vector<Process> running_;
};

// A script that asks the run's Prometheus: its exit status is to be 0.
void Ask(const std::string& script, const demo::Site& site, const std::vector<std::string>& arguments) {
  const std::string log = site.dir + "/" + std::filesystem::path(script).filename().string() + ".log";
  std::vector<std::string> argv = {std::string(FOREWARN_SOURCE_DIR) + script, site.prometheus};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  auto asking = Process::Start({.argv = argv, .log = log});
  ASSERT_TRUE(asking.ok()) << asking.error().message;
  EXPECT_EQ(asking->Wait(), 0) << ReadAll(log);
  std::printf("%s", ReadAll(log).c_str());
}

int Inside(testbed::Bed& bed) {
  demo::Options options;
  options.experiment = true;
  demo::View view(demo::ScenarioOf(options));
  auto lab = Lab::Start(bed, std::nullopt, options, [&](const std::string& line) { view.Say(line); });
  if (!lab) return ADD_FAILURE() << lab.error().message, 1;
  Companions companions(bed, (*lab)->site());
  companions.Start();
  const auto findings = demo::RunExperiment(**lab, options, view);
  EXPECT_TRUE(findings.ok()) << findings.error().message;
  const std::string elapsed = std::to_string(std::lround(view.Elapsed()));
  Ask("/tests/dashboards/every-query-answers", (*lab)->site(),
      {"--seconds", elapsed, "--rate-interval", "5", "--patience", "150"});
  if (const char* folder = std::getenv("FOREWARN_DRAW"))
    Ask("/dashboards/draw", (*lab)->site(), {folder, "--seconds", elapsed, "--rate-interval", "5"});
  return testing::Test::HasFailure() ? 1 : 0;
}

TEST(DashboardsTest, HaveAnAnswerToEveryQueryOfASimulatedRun) {
  if (const auto why = testbed::Simulation::WhyNot()) GTEST_SKIP() << *why;
  testbed::BedOptions options{.kind = testbed::BedOptions::Kind::kPlain};
  EXPECT_EQ(testbed::RunInBed(options, Inside), 0);
}

}  // namespace
}  // namespace forewarn::e2e
