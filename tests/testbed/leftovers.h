// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <string>

// What a supervisor makes outside its bed, under a name that says whose it is, so that the next one can tell what is
// left over.
namespace forewarn::testbed {

std::string PrivateName(pid_t supervisor);  // "forewarn-PID"

// The cgroups and the folder below /tmp of that name. false: something is still there.
bool RemovePrivate(const std::string& name);
// Those of supervisors that were killed before they could.
void RemoveStale();

// Kills and collects the caller's children, and theirs if they are left to it, until there are none.
void KillChildren();

}  // namespace forewarn::testbed
