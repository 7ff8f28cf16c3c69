// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/base/clock.h"
#include "common/base/result.h"
#include "webhook/actuators/postgres.h"
#include "webhook/actuators/target_config.h"

namespace forewarn::actuators {

// "16MiB" or any of B kB MB GB KiB MiB GiB, or a duration like "5s". kInvalid.
base::Result<MaxLag> ParseMaxLag(const std::string& text);

// Refuses replica_lag where promoting would lose more than that, or nobody can say how much.
base::Result<void> CheckLag(const ReplicaConfig& replica, Postgres& standby, base::Deadline deadline);

// Refuses no_fence_proof where the standby goes on to receive: then its primary isn't off. What was under way when the
// power was cut may still come.
base::Result<void> AwaitSilence(Postgres& standby, base::Deadline deadline);

}  // namespace forewarn::actuators
