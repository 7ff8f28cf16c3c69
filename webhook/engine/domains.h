// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "common/base/clock.h"
#include "common/base/result.h"
#include "webhook/actuators/actuator.h"

namespace forewarn::engine {

// What must be known on the target itself before it is changed, so that another process can undo it without us.
struct Note {
  std::string change_id;
  std::string actuator;
  actuators::Setting previous;
  base::WallTime expiry;
  std::int64_t epoch = 0;
};

// The domains to act on, as the engine needs them; the program gives it the inventory of hypervisors. Thread-safe.
// Errors as hypervisor::Inventory's; kConflict, beginning with "fenced", where a process with a higher epoch has taken
// over.
class Domains {
 public:
  virtual ~Domains() = default;
  virtual base::Result<actuators::Target> Resolve(const std::string& domain, base::Deadline deadline) = 0;
  virtual base::Result<void> Mark(const actuators::Target& target, const Note& note, base::Deadline deadline) = 0;
  // Whether the note is still there. kNotFound: the domain is gone.
  virtual base::Result<bool> Marked(const actuators::Target& target, const std::string& actuator,
                                    base::Deadline deadline) = 0;
  // Of the note, only the actuator and the epoch count.
  virtual base::Result<void> Unmark(const actuators::Target& target, const Note& note, base::Deadline deadline) = 0;
};

}  // namespace forewarn::engine
