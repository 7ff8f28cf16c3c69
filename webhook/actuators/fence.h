// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "common/base/clock.h"
#include "common/base/result.h"
#include "webhook/actuators/target_config.h"
#include "webhook/hypervisor/hypervisor.h"

// Fencing: before another one may write, the old writer is proven to write no more. One proof is accepted: its
// hypervisor, asked after the power was cut, answers in time that the domain is shut off. No proof are: a domain that
// is paused or crashed (it may go on), a hypervisor that cannot be asked or hangs, an order without its reading back,
// the old one's silence, and a database that promises to be read-only (its superuser may take that back). Where the
// fence names no hypervisor, each of the inventory has to answer: the domain may have moved to the one that doesn't.
// What is trusted is a hypervisor's own positive answer, and that nobody starts the domain again.
namespace forewarn::actuators {

inline constexpr char kNoFenceProof[] = "no_fence_proof";  // the reason of the refusals

// Whether a proof is possible: everybody answers who has to, and somebody knows the domain. Changes nothing.
base::Result<void> CanProve(hypervisor::Inventory& inventory, const FenceConfig& fence, base::Deadline deadline);

// Cuts the power of every domain of that name, and proves it. Nothing is cut where a hypervisor doesn't answer before.
base::Result<void> CutOff(hypervisor::Inventory& inventory, const FenceConfig& fence, base::Deadline deadline);

// The proof alone, once more; changes nothing.
base::Result<void> ProveOff(hypervisor::Inventory& inventory, const FenceConfig& fence, base::Deadline deadline);

}  // namespace forewarn::actuators
