// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <utility>

#include "exporter/signals/signals.h"

namespace forewarn::signals {
namespace {

// What the webhook says of its domains, under the label that names them here. A range selector sees, as an instant one
// would not, a series that has ended: what is over for a moment still shows in the telemetry's windows.
std::string Published(const std::string& series, const std::string& by, const Labels& labels) {
  std::string expr = "max by (" + by + ") (max_over_time(" + series + "[$max_age])) > 0";
  if (labels.domain == "domain") return expr;
  return "label_replace(" + expr + ", \"" + labels.domain + "\", \"$1\", \"domain\", \"(.*)\")";
}

// Two series in one answer. What has not changed is the same in all replicas; what has is so in a scrape.
std::string Successes() {
  const auto moment = [](const std::string& series, const std::string& name) {
    return "label_replace(max by (fault, actuator) (last_over_time(" + series + "[$max_age])), \"moment\", \"" + name +
           "\", \"\", \"\")";
  };
  return moment("forewarn_mitigation_success_ratio", "mean") + " or " +
         moment("forewarn_mitigation_success_deviation_ratio", "deviation");
}

}  // namespace

Circumstances DecodeCircumstances(const config::Map& root, const Settings& settings, const Timing& timing) {
  const Placeholders placeholders{config::FormatDuration(settings.rate_window), config::FormatDuration(timing.max_age),
                                  settings.labels.domain, ""};
  Circumstances circumstances{.mitigated = Published("forewarn_mitigation_active", "domain", settings.labels),
                              .experiments = Published("forewarn_experiment_active", "domain", settings.labels),
                              .maintenance = "",
                              .injections = Published("forewarn_injection_active", "domain, fault", settings.labels),
                              .successes = Successes()};
  const std::array<std::pair<const char*, std::string*>, 5> exprs = {{{"mitigated", &circumstances.mitigated},
                                                                      {"experiments", &circumstances.experiments},
                                                                      {"maintenance", &circumstances.maintenance},
                                                                      {"injections", &circumstances.injections},
                                                                      {"successes", &circumstances.successes}}};
  const auto node = root.Find("circumstances");
  for (const auto& [key, expr] : exprs) {
    if (node) *expr = node->AsMap().String(key, *expr);
    *expr = Expand(*expr, placeholders);
  }
  return circumstances;
}

}  // namespace forewarn::signals
