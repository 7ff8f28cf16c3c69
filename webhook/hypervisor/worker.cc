// SPDX-License-Identifier: Apache-2.0
#include "webhook/hypervisor/worker.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <utility>

namespace forewarn::hypervisor {

struct Worker::Queue {
  enum class Stage { kWaiting, kRunning, kDone, kSkipped };
  struct Task {
    std::function<void()> body;
    base::SteadyTime deadline;
    Stage stage = Stage::kWaiting;
  };

  std::mutex mutex;
  std::condition_variable changed;
  std::deque<std::shared_ptr<Task>> waiting;
  bool stopping = false;
  bool hung = false;
};

Worker::Worker() : queue_(std::make_shared<Queue>()), thread_([queue = queue_] { Loop(queue); }) {}

Worker::~Worker() {
  bool hung = false;
  {
    std::lock_guard lock(queue_->mutex);
    queue_->stopping = true;
    hung = queue_->hung;
  }
  queue_->changed.notify_all();
  if (hung) {
    thread_.detach();
  } else {
    thread_.join();
  }
}

void Worker::Loop(const std::shared_ptr<Queue>& queue) {
  std::unique_lock lock(queue->mutex);
  for (;;) {
    queue->changed.wait(lock, [&] { return queue->stopping || !queue->waiting.empty(); });
    if (queue->stopping) return;
    auto task = queue->waiting.front();
    queue->waiting.pop_front();
    // Whoever was stopped meanwhile (a signal, a suspended host) must not do late what another has taken over.
    const bool late = std::chrono::steady_clock::now() >= task->deadline;
    task->stage = late ? Queue::Stage::kSkipped : Queue::Stage::kRunning;
    lock.unlock();
    if (!late) task->body();
    task->body = nullptr;  // what it owns goes on this thread
    lock.lock();
    if (!late) task->stage = Queue::Stage::kDone;
    queue->changed.notify_all();
  }
}

Worker::Outcome Worker::Run(std::function<void()> body, base::Deadline deadline) {
  auto task = std::make_shared<Queue::Task>();
  task->body = std::move(body);
  task->deadline = deadline.at;
  std::unique_lock lock(queue_->mutex);
  queue_->waiting.push_back(task);
  queue_->changed.notify_all();
  queue_->changed.wait_until(lock, deadline.at, [&] {
    return task->stage == Queue::Stage::kDone || task->stage == Queue::Stage::kSkipped ||
           (queue_->hung && task->stage == Queue::Stage::kWaiting);
  });
  switch (task->stage) {
    case Queue::Stage::kDone:
      return Outcome::kDone;
    case Queue::Stage::kRunning:
      queue_->hung = true;
      queue_->changed.notify_all();
      return Outcome::kHung;
    case Queue::Stage::kSkipped:
      return Outcome::kNotStarted;
    case Queue::Stage::kWaiting:
      std::erase(queue_->waiting, task);
      return Outcome::kNotStarted;
  }
  return Outcome::kNotStarted;
}

}  // namespace forewarn::hypervisor
