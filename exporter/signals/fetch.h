// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "common/promql/client.h"

namespace forewarn::signals {

struct FetchOptions {
  double time = 0;          // s since the epoch
  base::Deadline deadline;  // no query begins after it
};

// Asks `exprs` with two queries in flight (a source's cost is superlinear in the size of an answer, and more than two
// would take its other users' turn) and gives the answers to `use` one at a time, in the order of `exprs`, each as soon
// as those before it are through. Comes back when all are.
void Fetch(promql::Client& client, const std::vector<std::string>& exprs, const FetchOptions& options,
           const std::function<void(std::size_t, const base::Result<promql::Vector>&)>& use);

}  // namespace forewarn::signals
