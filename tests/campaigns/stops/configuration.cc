// SPDX-License-Identifier: Apache-2.0
#include "tests/campaigns/stops/configuration.h"

namespace forewarn::stops {

std::string Configuration(const crash::Addresses& addresses, const std::string& times) {
  std::string text =
      "source: {url: '" + addresses.telemetry + "', timeout: 20s}\njournal: {path: " + addresses.folder +
      "/journal.db}\nkill_switch: {file: " + addresses.folder + "/kill}\nhypervisors: [{name: host1, uri: '" +
      addresses.hypervisor +
      "'}]\ntargets: [{domain: 'alpha|beta', canary: canary}, {domain: haunted, canary: ghost}, {domain: "
      "'.*'}]\nguard: {allow: ['.*'], cooldown: 0s, patience: 1ms, max_in_force: 1000, max_per_hour: "
      "100000, circuit_breaker: {failures: 1000}, max_fleet_predicted: 1}\npolicies:\n";
  std::string templates = "experiments:\n  cool_down: 0s\n  templates:\n";
  for (const auto& [fault, step] : {std::pair<std::string, std::string>{"Tight", "disk_io"}, {"Short", "memory"}}) {
    text += "  " + fault + ": {mode: act, steps: [" + step +
            "], verify: {expr: 'symptom{domain=\"$domain\"}', deadline: 8s, relieved_ratio: 0.5, harmful_ratio: 3}}\n";
    templates += "  - {name: a-" + fault + ", fault: " + fault +
                 ", mode: act, inject: [disk_io], steady_state: ['steady{domain=\"$domain\"}'], stop: "
                 "['stop{domain=\"$domain\"}'], min_interval: 0s, " +
                 times + "}\n";
  }
  return text + templates;
}

}  // namespace forewarn::stops
