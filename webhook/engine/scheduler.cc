// SPDX-License-Identifier: Apache-2.0
#include "webhook/engine/scheduler.h"

#include <chrono>

namespace forewarn::engine {

using SteadyClock = std::chrono::steady_clock;

Scheduler::Scheduler(int threads) {
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { Loop(); });
}

Scheduler::~Scheduler() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void Scheduler::Add(std::string key, Job job) {
  {
    std::lock_guard lock(mutex_);
    items_.push_back({std::move(key), SteadyClock::now(), std::move(job)});
  }
  changed_.notify_one();
}

void Scheduler::Hurry() {
  {
    std::lock_guard lock(mutex_);
    for (Item& item : items_) item.due = SteadyClock::now();
  }
  changed_.notify_all();
}

std::size_t Scheduler::size() const {
  std::lock_guard lock(mutex_);
  return items_.size();
}

Scheduler::Items::iterator Scheduler::NextFree() {
  auto best = items_.end();
  for (auto item = items_.begin(); item != items_.end(); ++item) {
    if (item->running || busy_.contains(item->key)) continue;
    if (best == items_.end() || item->due < best->due) best = item;
  }
  return best;
}

void Scheduler::Loop() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    auto item = NextFree();
    if (item == items_.end()) {
      changed_.wait(lock);
      continue;
    }
    if (const base::SteadyTime due = item->due; due > SteadyClock::now()) {
      changed_.wait_until(lock, due);
      continue;
    }
    item->running = true;
    busy_.insert(item->key);
    lock.unlock();
    const std::optional<base::Duration> again = item->job();
    lock.lock();
    busy_.erase(item->key);
    item->running = false;
    if (again) {
      item->due = SteadyClock::now() + *again;
    } else {
      items_.erase(item);
    }
    changed_.notify_all();
  }
}

}  // namespace forewarn::engine
