// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "webhook/actuators/actuator.h"
#include "webhook/actuators/target_config.h"
#include "webhook/hypervisor/hypervisor.h"

// The table of all actuators: what a policy's steps may name. To add one, see README.md.
namespace forewarn::actuators {

// What is known of an actuator without any back end; for checks of the configuration.
struct ActuatorKind {
  std::string_view name;  // in policies, labels and the journal
  Reversal reversal;
  std::vector<std::string_view> limits;                 // the names that a target's limits may have
  enum class Use { kAny, kInjection } use = Use::kAny;  // kInjection: relieves nothing, so no policy may name it
};
const std::vector<ActuatorKind>& ActuatorKinds();
const ActuatorKind* FindKind(std::string_view name);  // nullptr where there is none of that name

// What actuators act through. `inventory` outlives them.
struct Backends {
  hypervisor::Inventory* inventory = nullptr;
  std::map<std::string, std::string> haproxies;  // load balancer's name → unix:/PATH or tcp:HOST:PORT
  TargetLookup targets;
};

struct ActuatorLine {
  std::string name;
  Reversal reversal;
  std::unique_ptr<Actuator> actuator;
};

// One line per kind, in the order of ActuatorKinds(). Opens no connection. Error: kInvalid for an address of a load
// balancer.
base::Result<std::vector<ActuatorLine>> BuildActuators(const Backends& backends);

}  // namespace forewarn::actuators
