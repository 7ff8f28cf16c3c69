// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "webhook/actuators/actuator.h"
#include "webhook/actuators/target_config.h"
#include "webhook/hypervisor/hypervisor.h"

namespace forewarn::actuators {

// What the standby of a replicated PostgreSQL is: {"role": "standby" | "primary"}. Relief promotes it
// (https://www.postgresql.org/docs/15/functions-admin.html, pg_promote) and waits until it has written. Final: any
// other setting than that, and than what is, is refused as `final`. Before anything is changed it refuses
// - replica_lag: what would be lost is above the limit, or unknown. Bytes are known from the primary, or from what it
//   told the standby within the last ten seconds; time also from the last transaction that came, so that a primary that
//   is cut off and idle counts as far behind. What is written between this question and the fence is not counted.
// - no_fence_proof: there is no proof possible that the primary is off (fence.h), the only one accepted.
// Then it fences, and refuses no_fence_proof also where the hypervisor says off, but somebody still accepts connections
// at the primary's address (so that has to be its own, not one that moves), or the standby goes on to receive.
// Both roles need pg_monitor; the standby's also EXECUTE on pg_promote and pg_logical_emit_message.
// Also refuses no_replica where the configuration names none, at_limit where it is promoted, and no_stress.
std::unique_ptr<Actuator> MakeReplica(hypervisor::Inventory* inventory, TargetLookup targets);

}  // namespace forewarn::actuators
