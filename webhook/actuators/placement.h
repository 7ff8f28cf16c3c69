// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>

#include "webhook/actuators/actuator.h"
#include "webhook/hypervisor/hypervisor.h"

namespace forewarn::actuators {

// Where the target runs: {"hypervisor": "host1"}; found by its UUID on all of them, whatever the target says. Relief
// migrates it live to the other hypervisor with the most headroom that Read has last seen; refuses
// no_other_hypervisor, no_headroom, not_running. Has no stress (no_stress). Compensable: the way back is another
// migration. Live metadata (markers) goes with it, and is written again where it did not.
// Apply ends by looking where it runs: on one side, what failed is an error to try again; a domain that is paused there
// by a migration that failed goes on. On both, or where the other side gives no answer, kConflict that begins with
// kSplitPlacement: a person must look. Bounded by the deadline: the migration is aborted before it.
inline constexpr char kSplitPlacement[] = "split_placement";
std::unique_ptr<Actuator> MakePlacement(hypervisor::Inventory* inventory);

// The other hypervisor that is to take a domain of that size: of those with its memory free (and a tenth more), the one
// with the fewest vCPUs per processor when it has come; then the one with more memory. Empty: none. Pure.
struct Room {
  unsigned vcpus = 1;
  std::uint64_t memory_kib = 0;
};
std::string ChooseHost(const std::map<std::string, hypervisor::Capacity>& others, const Room& needed);

}  // namespace forewarn::actuators
