// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>

#include "common/base/result.h"
#include "tests/campaigns/vm/ledger.h"
#include "tests/campaigns/vm/options.h"
#include "tests/campaigns/vm/queue.h"
#include "tests/testbed/bed.h"
#include "tests/testbed/image.h"

namespace forewarn::campaign {

struct Batch {
  int first_guest = 0;  // in the seed: its guests are others than those before
  std::deque<Order> orders;
};

// Runs a batch on guests of its own, as many as the options say, at once. In a bed. An error: nothing could run.
base::Result<void> RunBatch(testbed::Bed& bed, const testbed::Image& image, const Options& options, const Batch& batch);

}  // namespace forewarn::campaign
