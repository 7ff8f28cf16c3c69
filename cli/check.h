// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "common/base/result.h"

namespace forewarn::cli {

// forewarn-exporter's configuration, as the daemon itself reads it.
base::Result<void> CheckConfig(const std::string& path);

// One signature: its form, and that it agrees with its examples. Every mistake, each with its place.
base::Result<void> CheckSignature(const std::string& path);

// As CheckAll, of the signatures that are compiled in.
bool CheckBuiltInSignatures();

// Says of each file whether it is good: on stdout, or why not on stderr. True where all are.
bool CheckAll(const std::vector<std::string>& paths, base::Result<void> (*check)(const std::string&));

}  // namespace forewarn::cli
