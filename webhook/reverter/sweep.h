// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "common/base/clock.h"
#include "common/base/result.h"
#include "webhook/actuators/actuators.h"
#include "webhook/actuators/marker.h"
#include "webhook/hypervisor/hypervisor.h"

namespace forewarn::reverter {

// What it judges by and acts through. All outlive it.
struct Parts {
  hypervisor::Inventory& inventory;
  std::map<std::string, actuators::Actuator*> actuators;  // the reversible ones, by name
  std::set<std::string> serving;                          // running standbys that are left alone
  const base::Clock& clock;
  base::Duration grace;  // after an expiry
};

// What one look at a hypervisor came to; the last three by actuator.
struct Sweep {
  std::size_t domains = 0, markers = 0;
  std::map<std::string, int> reverted, failed, spared;
};

// Looks after one hypervisor. Of one thread.
class Sweeper {
 public:
  Sweeper(const Parts& parts, std::string hypervisor) : parts_(parts), hypervisor_(std::move(hypervisor)) {}

  // Undoes what is due on all its domains. Error: the hypervisor gave no answer, and nothing was done.
  base::Result<Sweep> Run();

 private:
  struct Seen {
    base::WallTime expiry;
    base::SteadyTime due;     // the expiry by a clock that nobody sets
    bool complained = false;  // the log has the failure already
  };
  using Key = std::pair<std::string, std::string>;  // UUID, actuator

  void Look(const actuators::Target& target, const std::string& actuator, Sweep& sweep);
  std::optional<std::string> WhyDue(const actuators::Marker& marker, Seen& seen);
  base::Result<void> Undo(const actuators::Target& target, const actuators::Marker& marker);
  void Note(const actuators::Target& target, const std::string& actuator, const base::Error& error);
  Seen& Remember(const Key& key, const actuators::Marker& marker);

  const Parts& parts_;
  const std::string hypervisor_;
  std::map<Key, Seen> seen_;
};

}  // namespace forewarn::reverter
