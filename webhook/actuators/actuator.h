// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "common/base/result.h"

namespace forewarn::actuators {

// Whom to act on, resolved at the moment of acting. Never from an alert's labels alone.
struct Target {
  std::string domain;            // libvirt domain name
  std::string uuid;              // of that domain on that hypervisor
  std::string hypervisor;        // its name in the inventory
  std::string beneficiary = {};  // for whose sake, where that is another domain: its name in the configuration
};

// An absolute value of one setting, by the names of its parts: {"total_iops_sec": 100}. Compared and replayed as it is.
// An empty one means that nothing is set.
struct Setting {
  std::map<std::string, std::string> values;
  bool operator==(const Setting&) const = default;
};
std::string ToText(const Setting& setting);  // JSON object with sorted keys
base::Result<Setting> SettingFromText(const std::string& text);

enum class Direction { kRelieve, kStress };
enum class Reversal { kReversible, kCompensable, kFinal };

// One kind of setting; its back end (libvirt, HAProxy, …) is given to its constructor. Thread-safe.
// Errors: kUnsupported with a message that begins with a reason for the refusal (`no_limit_to_raise: …`) where there is
// nothing to change; kNotFound where the target is gone; kTimeout where the outcome is unknown; kUnavailable to try
// again.
class Actuator {
 public:
  virtual ~Actuator() = default;
  // Whose setting is to be changed for the target's sake: that domain, with the target as its beneficiary, goes to the
  // other three, and bears the marker. Mostly the target itself; else its standby, or a neighbour of it.
  virtual base::Result<Target> Subject(const Target& target, base::Deadline) { return target; }
  // What is set now.
  virtual base::Result<Setting> Read(const Target& target, base::Deadline deadline) = 0;
  // What to set instead, clamped to the target's limits. Changes nothing. severity: 0 to 1 scales the change.
  virtual base::Result<Setting> Propose(const Target& target, const Setting& now, Direction direction,
                                        double severity) const = 0;
  // Sets it: absolute, idempotent; reads back. A Setting that Read gave is restored exactly.
  virtual base::Result<void> Apply(const Target& target, const Setting& setting, base::Deadline deadline) = 0;
};

}  // namespace forewarn::actuators
