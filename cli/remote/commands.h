// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "cli/remote/options.h"
#include "common/base/result.h"

// Each asks a daemon for one thing and gives what is to be printed. An error is why it was refused or not to be had.
namespace forewarn::remote {

using Printed = base::Result<std::string>;

Printed ListMitigations(const Options& options);
Printed ShowMitigation(const Options& options);
Printed LeaveWish(const Options& options, const std::string& wish);  // approve, refuse or revert
Printed AskForMitigation(const Options& options);
Printed ShowPlan(const Options& options);
Printed ShowKillSwitch(const Options& options);
Printed EngageKillSwitch(const Options& options);
Printed DisengageKillSwitch(const Options& options);
Printed ShowPredictions(const Options& options);
Printed Report(const Options& options);  // what was averted, net of control

}  // namespace forewarn::remote
