// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/base/clock.h"
#include "common/config/yaml.h"

// Signals: named telemetry dimensions, each defined by one PromQL expression that answers for all instances.
namespace forewarn::signals {

// An expression may hold placeholders, in presets and in a config's definitions alike:
//   $window   range for rate(): Settings' rate_window, so that 1 s to 60 s scrapes work
//   $max_age  range for last_over_time(): bounds the age of a gauge, which an instant selector would not (5 min)
//   $domain   the label that names the libvirt domain
//   $match    the extra matchers, each followed by a comma: {$match mode="idle"}
//   $disks    a selector of node_exporter's whole disks, extra matchers included (dm and md would count twice)
//   $nics     the same of its network interfaces, without the guest's inner ones
//   $filesystems  the same of its filesystems that a fault can fill: no images that cannot be written to, no memory
//   $target   what identifies one scrape target beside the domain: aggregations by ($domain, $target) keep two targets
//             that claim one domain apart, so that the reader sees and drops them instead of adding them up
struct Definition {
  std::string name;
  std::string unit;  // ratio, seconds, bytes, …; for people
  std::string expr;  // with placeholders
};

struct Preset {
  std::string_view name;
  std::vector<Definition> signals;
};
const std::vector<Preset>& Presets();

struct Labels {
  std::string domain = "domain";          // names the libvirt domain
  std::string hypervisor = "hypervisor";  // names the hypervisor, on the libvirt exporter's series
};

// What is known of instances beside their telemetry: expressions that give a row above 0 per domain; empty: not
// asked.
struct Circumstances {
  std::string mitigated;        // a mitigation is in force: what would have come of a prediction can't be known
  std::string experiments;      // own experiments: teach nothing and are not counted
  std::string maintenance;      // likewise
  std::string injections = {};  // by fault, too (label `fault`): own experiments' injections that are in force
  // By `fault` and `actuator`: how sure it is that the one is relieved by the other, in two rows, of which the label
  // `moment` is mean or deviation.
  std::string successes = {};
};

// What is asked of the source each tick. The expressions are complete PromQL.
struct Settings {
  std::vector<Definition> signals;  // in the order of presets, then of the config's own
  std::string instances;            // which hypervisor each instance runs on; empty: unknown
  Circumstances circumstances;
  Labels labels;
  base::Duration rate_window{};
};

struct Timing {
  base::Duration tick{}, max_age{};
};

// The mapping under `signals:`
//   presets: [node_exporter, …]    where two of them define one signal, the first named wins
//   match: 'zone="a"'              matchers added to every selector of the presets
//   labels: {domain: …, hypervisor: …}
//   rate_window: 1m                default: 4 ticks, at least 4s
//   define: {NAME: {expr, unit}}   adds a signal, or replaces a preset's
// Mistakes are recorded in the map's document.
Settings Decode(const config::Map& map, const Timing& timing);

// The mapping `circumstances:` under the root, which may be absent:
//   mitigated: 'expr'     default: what the webhook publishes of its mitigations, up to $max_age after their ends
//   experiments: 'expr'   default: the same of its experiments
//   maintenance: 'expr'   default: none
//   injections: 'expr'    default: what the webhook publishes of its injections, as above
//   successes: 'expr'     default: what it publishes of its mitigations' success
// Placeholders are those of signals but $match and what contains it. Labels and windows are the settings' own.
Circumstances DecodeCircumstances(const config::Map& root, const Settings& settings, const Timing& timing);

// Unknown placeholders are left as they are.
struct Placeholders {
  std::string window, max_age, domain, match;
};
std::string Expand(std::string_view expr, const Placeholders& placeholders);

}  // namespace forewarn::signals
