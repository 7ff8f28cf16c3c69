// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "common/base/result.h"
#include "predictor/knowledge/signature.h"
#include "predictor/predictor.h"

namespace forewarn::predictor {

// The built-in signatures and those of the settings, by fault: of two of one fault the settings' counts. Error: every
// mistake, one per line.
base::Result<std::vector<knowledge::Signature>> ReadSignatures(const Settings& settings);

}  // namespace forewarn::predictor
