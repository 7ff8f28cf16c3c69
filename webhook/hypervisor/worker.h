// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <thread>

#include "common/base/clock.h"

namespace forewarn::hypervisor {

// A thread that runs tasks one after another for callers who can't wait for ever. Thread-safe.
class Worker {
 public:
  enum class Outcome {
    kDone,
    kNotStarted,  // still waiting for its turn at the deadline, or when the one before it hung; it will never run
    kHung,        // running at the deadline; it may finish some day, so it must own all that it touches
  };

  Worker();
  // Waits for a running task, unless a caller has seen it hang: then the thread is left to end by itself.
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  Outcome Run(std::function<void()> task, base::Deadline deadline);

 private:
  struct Queue;
  static void Loop(const std::shared_ptr<Queue>& queue);

  std::shared_ptr<Queue> queue_;  // shared with the thread, which may outlive us
  std::thread thread_;
};

}  // namespace forewarn::hypervisor
