// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "exporter/signals/signals.h"

// The parts of Presets(), by who measures. Each expression returns $domain.
namespace forewarn::signals {

// Seconds of the guest's own clock in one of ours, per `by`: where a scrape was missed, its rates err alike. Without
// that collector of the node_exporter, all is a second.
std::string GuestSeconds(const std::string& by);

// What hosts see of their guests.
std::vector<Definition> LibvirtExporter();            // Debian's, which is kumina's
std::vector<Definition> LibvirtExporterWithGuests();  // Tinkoff's and inovex's
std::vector<Definition> Kubevirt();

}  // namespace forewarn::signals
