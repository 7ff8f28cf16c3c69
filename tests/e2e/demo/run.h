// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/e2e/demo/lab.h"
#include "tests/e2e/demo/view.h"
#include "tests/e2e/demo/watch.h"

namespace forewarn::demo {

// Waits until both twins rest, gives them the growing load, and watches until it is known what became of them.
// Error: the twins did not come to rest, or a part that must run does not.
base::Result<Findings> RunExperiment(Lab& lab, const Options& options, View& view);

}  // namespace forewarn::demo
