// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "exporter/signals/signals.h"
#include "predictor/telemetry/snapshot.h"

namespace forewarn::signals {

// Who stands at which slot, as it is kept beside the state that is indexed by slots.
struct Slots {
  struct Instance {
    std::string name;      // empty: whoever had the slot has begun anew at another
    double last_seen = 0;  // s since the epoch, the samples' time
  };
  struct Signal {
    std::string name, expr;  // name empty: as above
  };
  std::vector<Instance> instances;
  std::vector<Signal> signals;
};

// Gives instances and signals their slots, by which all state is indexed. A slot never passes to somebody else. Who
// begins anew gets a new one, since what was learned of them says nothing any more: an instance that was away for kAway
// and kAwayTicks (redeployed under its old name, most likely), and a signal whose expression is another.
class Roster {
 public:
  static constexpr double kAway = 900, kAwayTicks = 20;  // s, readings

  // The signals that there are from now on.
  void Define(const std::vector<Definition>& definitions);
  // The slot of an instance that has a value at `time`, s since the epoch.
  std::uint32_t See(std::string_view instance, double time);
  // As See, where the slot is known: of the instance that it is named after. False where that one begins anew.
  bool SeeAgain(std::uint32_t slot, double time);
  // A reading has ended that would have seen whoever was there.
  void Count() { ++readings_; }

  // The slots of a saved state, in place of all that there were; the definitions that are in force stay so.
  void Prime(const Slots& slots);
  Slots Current() const;

  const telemetry::Names& instances() const { return instances_; }
  const telemetry::Names& signals() const { return signals_; }

 private:
  struct Seen {
    double time = 0;
    std::uint64_t reading = 0;  // kGone: the slot is nobody's any more
  };
  static constexpr std::uint64_t kGone = -1;
  bool Away(const Seen& seen, double time) const;
  void Define(const std::string& name, const std::string& expr);

  telemetry::Names instances_, signals_;
  std::vector<Seen> seen_;          // by instance slot
  std::vector<std::string> exprs_;  // by signal slot
  std::uint64_t readings_ = 0;
};

}  // namespace forewarn::signals
