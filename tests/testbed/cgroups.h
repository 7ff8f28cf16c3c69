// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

// A cgroup of its own for a bed, so that what libvirt makes below it can be removed with it. Version 1 (one hierarchy
// per controller) and version 2. A machine without cgroups, or where they may not be written, has none: then only CPU
// quotas don't work.
namespace forewarn::testbed {

void MakeCgroups(const std::string& name);
// Kills nothing: removes what has no process. false: something is still there.
bool RemoveCgroups(const std::string& name);
std::vector<std::string> ListCgroups();  // the names at the top

// The calling process enters it, takes it for its root (cgroup namespace), and mounts a fresh /sys with the controllers
// in it. To be called in a mount namespace of its own.
void EnterCgroups(const std::string& name);

// Inside: to the scheduler a cgroup weighs as much as one process, however many guests it has. From now on it weighs as
// many.
void WeighAs(int processes);

}  // namespace forewarn::testbed
