// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "common/base/clock.h"

namespace forewarn::engine {

// Runs jobs when they are due, on a few threads; of the jobs with the same key one at a time. Thread-safe.
class Scheduler {
 public:
  // Does its work; after how long it wants to run again, nullopt: never.
  using Job = std::function<std::optional<base::Duration>()>;

  explicit Scheduler(int threads);
  ~Scheduler() { Stop(); }
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;

  void Add(std::string key, Job job);  // due now
  void Stop();                         // running jobs finish, the others never run
  void Hurry();                        // everything is due now
  std::size_t size() const;            // waiting and running

 private:
  struct Item {
    std::string key;
    Job job;
  };
  using Items = std::multimap<base::SteadyTime, Item>;  // by when they are due

  void Loop();
  Items::iterator NextFree();  // the first due of those whose key isn't busy

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  Items waiting_;
  std::set<std::string> busy_;  // keys of what runs
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace forewarn::engine
