// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <string>

namespace forewarn::campaign {

struct Order {
  int number = 0;
  std::string fault = {};
  bool heavy = false;
};

// The runs that are left, for several guests at once. What takes a core of the host goes one at a time: it would
// disturb another, and what is recorded of that would not be what its label says.
class Queue {
 public:
  explicit Queue(std::deque<Order> orders) : orders_(std::move(orders)) {}
  std::optional<Order> Take();  // waits where only such are left and one runs
  void Finish(const Order& order);

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Order> orders_;
  bool heavy_runs_ = false;
};

}  // namespace forewarn::campaign
