// SPDX-License-Identifier: Apache-2.0
#include "common/http/watchdog.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <list>

namespace forewarn::http {
namespace {

using base::Deadline;
using std::chrono::hours;
using std::chrono::milliseconds;

// Two ends of a connection; one is watched.
class Pair {
 public:
  Pair() {
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends_.data()), 0);
    watch.Begin();
    watch.Attach(ends_[0]);
  }
  ~Pair() {
    for (const int end : ends_) close(end);
  }
  Pair(const Pair&) = delete;
  Pair& operator=(const Pair&) = delete;
  void AwaitEnd() const {
    char byte = 0;
    EXPECT_EQ(recv(ends_[1], &byte, 1, 0), 0);
  }

  SocketWatch watch;

 private:
  std::array<int, 2> ends_{};
};

TEST(Watchdog, EndsACallAtItsDeadline) {
  Watchdog watchdog;
  Pair pair;
  const Watchdog::Call call(watchdog, pair.watch, Deadline::After(milliseconds(20)));
  pair.AwaitEnd();
  EXPECT_TRUE(pair.watch.ended());
}

TEST(Watchdog, AnEarlierDeadlineOvertakesALaterOne) {
  Watchdog watchdog;
  Pair late, early;
  const Watchdog::Call first(watchdog, late.watch, Deadline::After(hours(2)));
  const Watchdog::Call second(watchdog, early.watch, Deadline::After(milliseconds(20)));
  early.AwaitEnd();
  EXPECT_FALSE(late.watch.ended());
}

TEST(Watchdog, LeavesACallThatHasEnded) {
  Watchdog watchdog;
  Pair ended, other;
  { const Watchdog::Call call(watchdog, ended.watch, Deadline::After(milliseconds(10))); }
  const bool in_time = !ended.watch.ended();
  const Watchdog::Call call(watchdog, other.watch, Deadline::After(milliseconds(50)));
  other.AwaitEnd();  // the deadline of the first one is over
  EXPECT_TRUE(!in_time || !ended.watch.ended());
}

TEST(Watchdog, WatchesManyAtOnce) {
  Watchdog watchdog;
  std::list<Pair> pairs(50);
  std::list<Watchdog::Call> calls;
  const Deadline deadline = Deadline::After(milliseconds(20));  // one for several: each is its own
  for (auto& pair : pairs) calls.emplace_back(watchdog, pair.watch, deadline);
  for (const auto& pair : pairs) pair.AwaitEnd();
}

}  // namespace
}  // namespace forewarn::http
