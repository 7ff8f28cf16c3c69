// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "tests/e2e/demo/scenario.h"

// The configurations that an operator would write: nothing else tells Forewarn about the twins.
namespace forewarn::demo {

struct Site {
  std::string dir;         // of configurations, journal and logs
  std::string prometheus;  // URL
  std::string haproxy;     // unix:/PATH of its runtime API
  std::string hypervisor, hypervisor_uri;
  std::string exporter, webhook;  // host:port where they are to listen
};

std::string ExporterYaml(const Site& site, const Scenario& scenario);
std::string WebhookYaml(const Site& site, const Scenario& scenario);
// Both twins' alerts are notified; only the protected one's reach the webhook, and only those that ask to mitigate or
// to try it.
std::string AlertmanagerYaml(const Site& site);
std::string BreakdownRules();  // records kBrokenDown{service} as 0 or 1

}  // namespace forewarn::demo
