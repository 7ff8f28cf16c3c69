// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>

#include "webhook/actuators/actuator.h"
#include "webhook/actuators/pulses.h"
#include "webhook/hypervisor/hypervisor.h"

// What is set of a target's network interfaces, and as a Setting.
namespace forewarn::actuators {

inline constexpr char kFlap[] = "flap";

struct Card {
  hypervisor::Link link = hypervisor::Link::kUp;
  hypervisor::Parameters limits = {};       // complete: inbound.average and so on, 0: none
  std::optional<Beat> flap = std::nullopt;  // how the link, which is up, is cut
};
using Cards = std::map<std::string, Card>;  // by MAC

// What we set of the parameters that are in force: `floor` needs a network of libvirt's own.
hypervisor::Parameters BandwidthOf(const hypervisor::Parameters& all);

Setting ToSetting(const Cards& cards);
base::Result<Cards> CardsFromSetting(const Setting& setting);  // kInvalid

}  // namespace forewarn::actuators
