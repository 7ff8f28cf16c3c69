// SPDX-License-Identifier: Apache-2.0
#include "tests/campaigns/vm/queue.h"

#include <algorithm>

namespace forewarn::campaign {

std::optional<Order> Queue::Take() {
  std::unique_lock lock(mutex_);
  auto next = orders_.end();
  changed_.wait(lock, [&] {
    next =
        std::find_if(orders_.begin(), orders_.end(), [&](const Order& order) { return !heavy_runs_ || !order.heavy; });
    return orders_.empty() || next != orders_.end();
  });
  if (orders_.empty()) return std::nullopt;
  Order order = *next;
  orders_.erase(next);
  if (order.heavy) heavy_runs_ = true;
  changed_.notify_all();
  return order;
}

void Queue::Finish(const Order& order) {
  const std::lock_guard lock(mutex_);
  if (order.heavy) heavy_runs_ = false;
  changed_.notify_all();
}

}  // namespace forewarn::campaign
