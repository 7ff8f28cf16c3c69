// SPDX-License-Identifier: Apache-2.0
#include "exporter/signals/signals.h"

namespace forewarn::signals {
namespace {

// What the webhook says of its domains, under the label that names them here. A range selector sees, as an instant one
// would not, a series that has ended: what is over for a moment still shows in the telemetry's windows.
std::string Published(const std::string& series, const Labels& labels) {
  const std::string expr = "max by (domain) (max_over_time(" + series + "[$max_age])) > 0";
  if (labels.domain == "domain") return expr;
  return "label_replace(" + expr + ", \"" + labels.domain + "\", \"$1\", \"domain\", \"(.*)\")";
}

}  // namespace

Circumstances DecodeCircumstances(const config::Map& root, const Settings& settings, const Timing& timing) {
  const Placeholders placeholders{config::FormatDuration(settings.rate_window), config::FormatDuration(timing.max_age),
                                  settings.labels.domain, ""};
  Circumstances circumstances{Published("forewarn_mitigation_active", settings.labels),
                              Published("forewarn_experiment_active", settings.labels), ""};
  if (const auto node = root.Find("circumstances")) {
    const config::Map map = node->AsMap();
    circumstances.mitigated = map.String("mitigated", circumstances.mitigated);
    circumstances.experiments = map.String("experiments", circumstances.experiments);
    circumstances.maintenance = map.String("maintenance", circumstances.maintenance);
  }
  for (auto* expr : {&circumstances.mitigated, &circumstances.experiments, &circumstances.maintenance}) {
    *expr = Expand(*expr, placeholders);
  }
  return circumstances;
}

}  // namespace forewarn::signals
