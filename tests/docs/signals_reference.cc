// SPDX-License-Identifier: Apache-2.0
// Prints docs/reference/signals.md: what the presets define, as the exporter has it.
#include <cstdio>
#include <string>

#include "exporter/signals/signals.h"

namespace forewarn::signals {
namespace {

std::string Cell(std::string text) {
  for (std::size_t at = 0; (at = text.find('|', at)) != std::string::npos; at += 2) text.insert(at, "\\");
  return text;
}

void Print() {
  std::printf(
      "# Signals of the presets\n\nMade by `tests/docs/references` from the exporter's own table; `./test docs` fails "
      "where "
      "they differ, `./test presets` asks each of them of a\nscrape of its exporter. `$window` is "
      "`signals.rate_window`, "
      "`$max_age` is `max_age`, `$match` is `signals.match`, `$target` is `job, instance`, `$domain`\nis the label "
      "that names "
      "the domain, `$disks`, `$nics` and `$filesystems` are selectors that leave out what is virtual in the guest.\n\n"
      "`libvirt_exporter` is Debian's (kumina's). Of those of a libvirt exporter, `cpu_denied` needs the guest's "
      "node_exporter as well. KubeVirt's domains are\nNAMESPACE_NAME, as libvirt there has them.\n");
  for (const Preset& preset : Presets()) {
    std::printf("\n## %s\n\n| signal | unit | expression |\n|---|---|---|\n", std::string(preset.name).c_str());
    for (const Definition& signal : preset.signals) {
      std::printf("| `%s` | %s | `%s` |\n", signal.name.c_str(), signal.unit.c_str(), Cell(signal.expr).c_str());
    }
  }
}

}  // namespace
}  // namespace forewarn::signals

int main() { forewarn::signals::Print(); }
