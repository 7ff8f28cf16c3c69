// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "tests/campaigns/storms/telemetry.h"
#include "webhook/actuators/actuator.h"

namespace forewarn::storms {

// An actuator that is watched: at each effect it counts for itself what is in force, and notes what is too much. It
// knows neither the journal nor the rails. Thread-safe.
class Witness : public actuators::Actuator {
 public:
  Witness(actuators::Actuator& actuator, const Weather& weather, Telemetry& telemetry)
      : actuator_(actuator), weather_(weather), telemetry_(telemetry) {}

  base::Result<actuators::Setting> Read(const actuators::Target& target, base::Deadline deadline) override {
    return actuator_.Read(target, deadline);
  }
  base::Result<actuators::Setting> Propose(const actuators::Target& target, const actuators::Setting& now,
                                           actuators::Direction direction, double severity) const override {
    return actuator_.Propose(target, now, direction, severity);
  }
  base::Result<void> Apply(const actuators::Target& target, const actuators::Setting& setting,
                           base::Deadline deadline) override;

  const std::vector<std::string>& breaches() const { return breaches_; }
  int effects() const { return effects_; }
  std::size_t most_at_once() const { return most_; }
  const std::map<std::string, actuators::Setting>& originals() const { return originals_; }

 private:
  void Judge(const actuators::Target& target);
  void Breach(const std::string& what) { breaches_.push_back(what); }

  actuators::Actuator& actuator_;
  const Weather& weather_;
  Telemetry& telemetry_;
  std::mutex mutex_;
  std::map<std::string, std::string> in_force_;          // domain → hypervisor
  std::map<std::string, actuators::Setting> originals_;  // by UUID
  std::vector<std::string> breaches_;
  int effects_ = 0;
  std::size_t most_ = 0;
};

}  // namespace forewarn::storms
