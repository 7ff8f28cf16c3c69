// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "cli/remote/options.h"
#include "common/base/result.h"

// Each asks a daemon for one thing and gives what is to be printed. An error is why it was refused or not to be had.
namespace forewarn::remote {

using Printed = base::Result<std::string>;

// The data as JSON or, by `text`, as a table.
using Text = std::string (*)(const nlohmann::json&);
Printed Print(const Options& options, const base::Result<nlohmann::json>& data, Text text);
Printed PrintAnswer(const Options& options, const std::string& path, Text text);  // of the webhook
std::string FilterQuery(const Options& options);  // `domain=…&fault=…`, as far as they are given
std::string RequestIdOf(const Options& options);  // a new one is said on stderr before it is sent

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
