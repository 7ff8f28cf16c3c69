// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace forewarn::base {

// Lets results that come in any order through in theirs.
template <class T>
class Sequencer {
 public:
  using Use = std::function<void(std::size_t, T&&)>;
  Sequencer(std::size_t count, Use use) : waiting_(count), use_(std::move(use)) {}

  // The next piece of work that nobody has taken.
  std::optional<std::size_t> Take() {
    const std::lock_guard lock(mutex_);
    return taken_ < waiting_.size() ? std::optional(taken_++) : std::nullopt;
  }

  void Give(std::size_t index, T result) {
    const std::lock_guard lock(mutex_);
    waiting_[index] = std::move(result);
    for (; used_ < waiting_.size() && waiting_[used_]; ++used_) {
      use_(used_, std::move(*waiting_[used_]));
      waiting_[used_].reset();
    }
  }

 private:
  std::mutex mutex_;
  std::vector<std::optional<T>> waiting_;
  std::size_t taken_ = 0, used_ = 0;
  const Use use_;
};

// Does the work 0, 1, … count - 1 in two threads, and gives its results to `use` one at a time, in that order, each as
// soon as those before it are through. Comes back when all are.
template <class T>
void TwoAtATime(std::size_t count, const std::function<T(std::size_t)>& work, typename Sequencer<T>::Use use) {
  Sequencer<T> sequencer(count, std::move(use));
  const auto run = [&] {
    while (const auto index = sequencer.Take()) sequencer.Give(*index, work(*index));
  };
  const std::jthread second(run);
  run();
}

}  // namespace forewarn::base
