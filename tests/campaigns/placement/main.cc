// SPDX-License-Identifier: Apache-2.0
// Live migrations that are disturbed: the guest must run on exactly one hypervisor after each.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/campaigns/command_line.h"
#include "tests/campaigns/placement/campaign.h"
#include "tests/testbed/bed.h"
#include "tests/testbed/image.h"

namespace forewarn::migration {
namespace {

constexpr int kSkipped = 77;  // as automake says it

nlohmann::ordered_json ToJson(const Options& options, const Figures& figures) {
  nlohmann::ordered_json json = {{"n", options.n}, {"seed", options.seed}, {"done", figures.done}};
  json["ok"] = figures.broken.empty() && figures.done == options.n;
  json["disturbed"] = figures.disturbed;
  json["moved"] = figures.moved;
  json["stayed"] = figures.stayed;
  json["paged"] = figures.paged;
  json["lost_with_host"] = figures.lost_with_host;
  json["broken"] = figures.broken;
  json["undisturbed_seconds"] = figures.undisturbed;
  return json;
}

std::string Undisturbed(std::vector<double> times) {
  if (times.empty()) return "none undisturbed";
  std::sort(times.begin(), times.end());
  char text[80];
  std::snprintf(text, sizeof text, "undisturbed %.2f to %.2f s, median %.2f s", times.front(), times.back(),
                times[times.size() / 2]);
  return text;
}

int Conclude(const Options& options, const Figures& figures) {
  if (!options.json.empty()) std::ofstream(options.json) << ToJson(options, figures).dump(2) << "\n";
  std::string kinds;
  for (const auto& [kind, count] : figures.disturbed)
    kinds += (kinds.empty() ? "" : ", ") + kind + " " + std::to_string(count);
  for (const std::string& broken : figures.broken) std::printf("BROKEN: %s\n", broken.c_str());
  std::printf("%d migrations (%s): %d moved, %d stayed, %d lost with their new host, %d for a person, %zu broken; %s\n",
              figures.done, kinds.c_str(), figures.moved, figures.stayed, figures.lost_with_host, figures.paged,
              figures.broken.size(), Undisturbed(figures.undisturbed).c_str());
  return figures.broken.empty() && figures.done == options.n ? 0 : 1;
}

int Inside(const Options& options, const testbed::Image& image) {
  const auto figures = Run(options, image.kernel, image.initrd, [&options](const Figures& now) {
    std::fprintf(stderr, "%d of %d, %d moved, %d stayed: %s\n", now.done, options.n, now.moved, now.stayed,
                 now.last.c_str());
  });
  if (figures) return Conclude(options, *figures);
  std::printf("BROKEN: %s\n", figures.error().message.c_str());
  return 1;
}

int Main(int argc, char** argv) {
  Options options;
  CLI::App app("Disturbs live migrations of a loaded guest: it must run on exactly one hypervisor after each.",
               "migration-campaign");
  if (const auto ended = campaigns::Parse(app, options, {"Migrations.", "Of the random moments."}, {argc, argv}))
    return *ended;
  if (const auto why = testbed::WhyNoBed()) return std::printf("skipped: %s\n", why->c_str()), kSkipped;
  const auto image = testbed::BuildImage(testbed::DefaultCacheDir());
  if (!image) return std::printf("BROKEN: %s\n", image.error().message.c_str()), 1;
  return testbed::RunInBed({}, [&](testbed::Bed&) { return Inside(options, *image); });
}

}  // namespace
}  // namespace forewarn::migration

int main(int argc, char** argv) { return forewarn::migration::Main(argc, argv); }
