// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/demo/configs.h"

#include <sstream>

namespace forewarn::demo {

std::string ExporterYaml(const Site& site, const Scenario& scenario) {
  std::ostringstream yaml;
  yaml << "source: {url: '" << site.prometheus << "', timeout: 2s}\n"
       << "tick: 1s\n"
       << "max_age: 5s\n"
       << "signals: {presets: [node_exporter, libvirt_exporter, mtail" << (scenario.probed ? ", blackbox_exporter" : "")
       << "]}\n";
  // Early enough for an experiment to end before the mitigation is due.
  if (!scenario.experiment.empty()) yaml << "thresholds: {default: {notify: 0.2, experiment: 0.25, mitigate: 0.5}}\n";
  return yaml.str();
}

std::string WebhookYaml(const Site& site, const Scenario& scenario) {
  std::ostringstream yaml;
  yaml << "source: {url: '" << site.prometheus << "', timeout: 2s}\n"
       << "journal: {path: '" << site.dir << "/journal.db'}\n"
       << "kill_switch: {file: '" << site.dir << "/kill-switch'}\n"
       << "hypervisors: [{name: " << site.hypervisor << ", uri: '" << site.hypervisor_uri << "'}]\n"
       << "load_balancers: [{name: lb, haproxy: '" << site.haproxy << "'}]\n"
       << "targets:\n- domain: " << kProtected << "\n  limits: " << scenario.limits << "\n";
  if (scenario.standby) {
    yaml << "  standby: " << kStandby << "\n  backend: {load_balancer: lb, name: " << kProtected
         << ", server: primary, standby_server: standby}\n";
  }
  if (!scenario.experiment.empty()) {
    yaml << "  canary: " << kCanary << "\n- {domain: " << kCanary << ", limits: " << scenario.limits << "}\n"
         << "experiments: {cool_down: 8s, templates: [" << scenario.experiment << "]}\n";
  }
  yaml << "policies:\n  " << scenario.fault << ": " << scenario.policy << "\n"
       << "guard: {allow: [" << kProtected << ", " << kCanary << "], cooldown: 1m, max_prediction_age: 10s}\n";
  return yaml.str();
}

std::string AlertmanagerYaml(const Site& site) {
  std::ostringstream yaml;
  yaml << "route:\n  receiver: people\n  group_by: ['...']\n  group_wait: 0s\n  group_interval: 1s\n"
       << "  repeat_interval: 5s\n  routes:\n"
       << "  - {receiver: forewarn, matchers: ['purpose=~\"mitigate|experiment\"', 'domain=\"" << kProtected
       << "\"']}\n"
       << "receivers:\n- name: people\n- name: forewarn\n"
       << "  webhook_configs: [{url: 'http://" << site.webhook << "/api/v1/alerts'}]\n";
  return yaml.str();
}

std::string BreakdownRules() {
  std::ostringstream yaml;
  yaml << "groups:\n- name: service\n  rules:\n  - record: " << kBrokenDown << "\n    expr: >-\n"
       << "      clamp_max((avg_over_time(probe_success[5s]) < bool " << kMinSuccess << ")\n"
       << "      + (avg_over_time(probe_duration_seconds[5s]) > bool " << kMaxLatency << "), 1)\n";
  return yaml.str();
}

}  // namespace forewarn::demo
