// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <string>
#include <thread>

#include "tests/testbed/guest/agent.h"

namespace forewarn::testbed::guest {
namespace {

constexpr std::size_t kMib = 1 << 20;

std::string FillFile() { return std::string(kData) + "/fill"; }

// Two threads that wake each other as fast as they can for a while: context switches and little else.
void PassBall(int times) {
  std::array<int, 2> there{}, back{};
  if (pipe(there.data()) != 0 || pipe(back.data()) != 0) return;
  std::thread other([&] {
    char ball;
    while (read(there[0], &ball, 1) == 1 && write(back[1], &ball, 1) == 1) {
    }
  });
  char ball = 'o';
  for (int i = 0; i < times && write(there[1], &ball, 1) == 1 && read(back[0], &ball, 1) == 1; ++i) {
  }
  close(there[1]);
  other.join();
  for (const int fd : {there[0], back[0], back[1]}) close(fd);
}

}  // namespace

void HoldMemory(double mib) {
  const auto bytes = static_cast<std::size_t>(mib * kMib);
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory != MAP_FAILED) std::memset(memory, 0x5a, bytes);
  for (;;) pause();
}

void FillDisk(double mib_per_second) {
  const int file = open(FillFile().c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  const std::string block(std::max<std::size_t>(4096, static_cast<std::size_t>(mib_per_second * kMib / 4)), 'x');
  for (auto next = std::chrono::steady_clock::now();; std::this_thread::sleep_until(next)) {
    next += std::chrono::milliseconds(250);
    if (write(file, block.data(), block.size()) > 0) fdatasync(file);
  }
}

void EmptyDisk() { unlink(FillFile().c_str()); }

void Storm(double per_second) {
  const auto period = std::chrono::duration<double>(1 / std::max(per_second, 0.1));
  for (auto next = std::chrono::steady_clock::now();; std::this_thread::sleep_until(next)) {
    next += std::chrono::duration_cast<std::chrono::steady_clock::duration>(period);
    if (fork() == 0) {
      PassBall(20);
      _exit(0);
    }
    while (waitpid(-1, nullptr, WNOHANG) > 0) {
    }
  }
}

}  // namespace forewarn::testbed::guest
