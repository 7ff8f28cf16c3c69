// SPDX-License-Identifier: Apache-2.0
#include "webhook/engine/scheduler.h"

#include <algorithm>
#include <chrono>

namespace forewarn::engine {

using SteadyClock = std::chrono::steady_clock;

Scheduler::Scheduler(int threads) {
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { Loop(); });
}

void Scheduler::Stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void Scheduler::Add(std::string key, Job job) {
  {
    std::lock_guard lock(mutex_);
    waiting_.emplace(SteadyClock::now(), Item{std::move(key), std::move(job)});
  }
  changed_.notify_one();
}

void Scheduler::Hurry() {
  {
    std::lock_guard lock(mutex_);
    Items hurried;
    for (auto& [due, item] : waiting_) hurried.emplace_hint(hurried.end(), SteadyClock::now(), std::move(item));
    waiting_ = std::move(hurried);
  }
  changed_.notify_all();
}

std::size_t Scheduler::size() const {
  std::lock_guard lock(mutex_);
  return waiting_.size() + busy_.size();
}

Scheduler::Items::iterator Scheduler::NextFree() {
  return std::find_if(waiting_.begin(), waiting_.end(),
                      [&](const auto& entry) { return !busy_.contains(entry.second.key); });
}

void Scheduler::Loop() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    const auto next = NextFree();
    if (next == waiting_.end()) {
      changed_.wait(lock);
      continue;
    }
    if (const base::SteadyTime due = next->first; due > SteadyClock::now()) {
      changed_.wait_until(lock, due);
      continue;
    }
    auto node = waiting_.extract(next);
    const std::string key = node.mapped().key;
    busy_.insert(key);
    lock.unlock();
    const std::optional<base::Duration> again = node.mapped().job();
    lock.lock();
    busy_.erase(key);
    if (again) {
      node.key() = SteadyClock::now() + *again;
      waiting_.insert(std::move(node));
    }
    changed_.notify_all();
  }
}

}  // namespace forewarn::engine
