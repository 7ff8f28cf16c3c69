// SPDX-License-Identifier: Apache-2.0
#include "exporter/signals/fetch.h"

#include "common/base/in_order.h"

namespace forewarn::signals {

using Answer = base::Result<promql::Vector>;

// In the order of `exprs`, so that slots are given in the same order each time.
void Fetch(promql::Client& client, const std::vector<std::string>& exprs, const FetchOptions& options,
           const std::function<void(std::size_t, const Answer&)>& use) {
  const auto ask = [&](std::size_t index) -> Answer {
    if (!options.deadline.Passed()) return client.Query(exprs[index], options.time);
    return base::Error{base::ErrorCode::kTimeout, "not asked: the tick had no time left"};
  };
  base::TwoAtATime<Answer>(exprs.size(), ask, [&](std::size_t index, Answer&& answer) {
    use(index, answer);
    if (answer) client.Recycle(std::move(*answer));
  });
}

}  // namespace forewarn::signals
