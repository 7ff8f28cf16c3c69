// SPDX-License-Identifier: Apache-2.0
#include "cli/experiments/report.h"

#include <cstdio>

#include "cli/experiments/ask.h"
#include "cli/experiments/commands.h"
#include "cli/remote/text.h"

namespace forewarn::trials {
namespace {

using base::Error;
using base::ErrorCode;
using Json = nlohmann::json;

constexpr std::size_t kMostEpisodes = 10'000;  // that the API gives

}  // namespace

Printed Report(const Options& options) {
  const bool json = options.file.ends_with(".json");
  if (!json && !options.file.ends_with(".html")) {
    return Error{ErrorCode::kInvalid, "--output: must end in .html or .json"};
  }
  const auto since = DurationOf("--since", options.since);
  if (!since) return since.error();
  auto webhook = remote::Service::Webhook(options);
  if (!webhook) return webhook.error();
  const std::string filter = remote::FilterQuery(options);
  const auto data =
      webhook->Get(kExperiments + ("?limit=" + std::to_string(kMostEpisodes)) + (filter.empty() ? "" : "&") + filter);
  if (!data) return data.error();
  const auto all = remote::Items(*data, "experiments");
  if (all.size() >= kMostEpisodes) std::fprintf(stderr, "only the newest %zu are looked at\n", kMostEpisodes);
  const double first = base::ToSeconds(base::SystemClock().Now()) - base::ToSeconds(*since);
  std::vector<Json> experiments;
  for (const Json& one : all) {
    const Json& alerted = remote::At(remote::At(one, "times"), "alerted");
    if (alerted.is_number() && alerted.get<double>() >= first) experiments.push_back(one);
  }
  auto account = Gather(options.prometheus_url, experiments);
  if (!account) return account.error();
  account->title = "Experiments of the last " + options.since;
  const auto written = WriteFile(options.file, json ? AccountJson(*account) : Page(*account));
  if (!written) return written.error();
  return std::to_string(experiments.size()) + " experiments in " + options.file + "\n";
}

}  // namespace forewarn::trials
