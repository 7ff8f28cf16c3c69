// SPDX-License-Identifier: Apache-2.0
#include "exporter/signals/fetch.h"

#include <mutex>
#include <optional>
#include <thread>

namespace forewarn::signals {
namespace {

using Answer = base::Result<promql::Vector>;

// Lets answers that come in any order through in theirs, so that slots are given in the same order each time.
class Sequencer {
 public:
  Sequencer(std::size_t count, const std::function<void(std::size_t, const Answer&)>& use)
      : waiting_(count), use_(use) {}

  std::optional<std::size_t> Take() {
    const std::lock_guard lock(mutex_);
    return taken_ < waiting_.size() ? std::optional(taken_++) : std::nullopt;
  }

  void Give(std::size_t index, Answer answer) {
    const std::lock_guard lock(mutex_);
    waiting_[index] = std::move(answer);
    for (; used_ < waiting_.size() && waiting_[used_]; ++used_) {
      use_(used_, *waiting_[used_]);
      waiting_[used_].reset();
    }
  }

 private:
  std::mutex mutex_;
  std::vector<std::optional<Answer>> waiting_;
  std::size_t taken_ = 0, used_ = 0;
  const std::function<void(std::size_t, const Answer&)>& use_;
};

}  // namespace

void Fetch(promql::Client& client, const std::vector<std::string>& exprs, const FetchOptions& options,
           const std::function<void(std::size_t, const Answer&)>& use) {
  Sequencer sequencer(exprs.size(), use);
  const auto work = [&] {
    while (const auto index = sequencer.Take()) {
      if (options.deadline.Passed()) {
        sequencer.Give(*index, base::Error{base::ErrorCode::kTimeout, "not asked: the tick had no time left"});
      } else {
        sequencer.Give(*index, client.Query(exprs[*index], options.time));
      }
    }
  };
  const std::jthread second(work);
  work();
}

}  // namespace forewarn::signals
