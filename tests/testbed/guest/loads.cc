// SPDX-License-Identifier: Apache-2.0
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <string>
#include <thread>

#include "tests/testbed/guest/agent.h"
#include "tests/testbed/guest/disk.h"

namespace forewarn::testbed::guest {
namespace {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

Clock::duration ToDuration(double seconds) { return std::chrono::duration_cast<Clock::duration>(Seconds(seconds)); }

// Requests that wait for a worker.
class Backlog {
 public:
  void Put(double requests, double at_most) {
    const std::lock_guard lock(mutex_);
    waiting_ = std::min(waiting_ + requests, at_most);
    changed_.notify_all();
  }
  void Take() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return waiting_ >= 1; });
    waiting_ -= 1;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  double waiting_ = 0;
};

}  // namespace

// Over 100: as many threads as it takes, all of one guest's CPU.
void BurnCpu(double percent) {
  for (; percent > 100; percent -= 100) std::thread([] { BurnCpu(100); }).detach();
  const Clock::duration period = ToDuration(0.1);
  for (auto start = Clock::now();; start += period) {
    while (Clock::now() < start + ToDuration(0.1 * percent / 100)) {
    }
    std::this_thread::sleep_until(start + period);
  }
}

// Comes in batches, as a database writes: what a limit leaves undone of one keeps the disk busy until the next, so
// utilisation grows with the rate and not only once the rate has reached the limit.
void LoadDisk(double from_iops, double to_iops, double ramp_seconds) {
  constexpr int kWorkers = 40;
  constexpr double kPeriod = 0.43;  // seconds; no part of a second, so that probes meet every phase of it
  static Backlog backlog;
  for (int worker = 0; worker < kWorkers; ++worker) {
    std::thread([worker] {
      Disk disk;
      for (;;) {
        backlog.Take();
        worker % 2 == 0 ? disk.Read() : disk.Write();
      }
    }).detach();
  }
  const auto start = Clock::now();
  for (int tick = 0;; ++tick) {
    const double grown = ramp_seconds > 0 ? std::min(1.0, tick * kPeriod / ramp_seconds) : 1.0;
    const double batch = (from_iops + grown * (to_iops - from_iops)) * kPeriod;
    backlog.Put(batch, 2 * batch + 1);  // a client that is never answered does not ask ever more
    std::this_thread::sleep_until(start + ToDuration((tick + 1) * kPeriod));
  }
}

void PrintErrors(double per_second) {
  const int console = open("/dev/console", O_WRONLY | O_CLOEXEC);
  for (long count = 1;; ++count) {
    const std::string line = "service ERROR request " + std::to_string(count) + " failed\n";
    [[maybe_unused]] const ssize_t written = write(console, line.data(), line.size());
    std::this_thread::sleep_for(ToDuration(1 / std::max(per_second, 0.01)));
  }
}

void LoadNetwork(double mib_per_second) {
  const int socket_fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(9);  // discard
  inet_pton(AF_INET, "10.0.2.2", &address.sin_addr);
  const std::string datagram(1400, 'x');
  double owed = 0;
  for (;;) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    const double step = mib_per_second * 0.05 * (1 << 20);
    for (owed += step; owed > 0; owed -= static_cast<double>(datagram.size())) {
      sendto(socket_fd, datagram.data(), datagram.size(), 0, reinterpret_cast<sockaddr*>(&address), sizeof address);
    }
  }
}

}  // namespace forewarn::testbed::guest
