// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "common/base/result.h"

namespace forewarn::config {

// The first line of a file that only its owner may use; empty where no file is named. kInvalid: there is none, or
// others may use it.
base::Result<std::string> ReadPassword(const std::string& file);

}  // namespace forewarn::config
