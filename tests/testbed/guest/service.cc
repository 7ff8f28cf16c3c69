// SPDX-License-Identifier: Apache-2.0
#include <sys/mman.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <string_view>
#include <thread>

#include "tests/testbed/guest/agent.h"
#include "tests/testbed/guest/disk.h"
#include "tests/testbed/guest/http.h"

namespace forewarn::testbed::guest {
namespace {

constexpr std::size_t kMib = 1 << 20;
std::atomic<double> g_leak_mib_per_second{0};

// Takes memory and writes to all its pages, so that the guest has to give them. nullptr: it has none.
void* Take(std::size_t bytes) {
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return nullptr;
  std::memset(memory, 0x5a, bytes);
  return memory;
}

[[noreturn]] void Leak() {
  double owed = 0;
  for (;;) {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    for (owed += g_leak_mib_per_second / 10; owed >= 1; owed -= 1) Take(kMib);
  }
}

bool Work() {
  Disk disk;
  void* memory = Take(2 * kMib);
  const bool done = memory != nullptr && disk.Read() && disk.Read() && disk.Write() && disk.Flush();
  if (memory != nullptr) munmap(memory, 2 * kMib);
  return done;
}

HttpReply Answer(const std::string& target) {
  constexpr std::string_view leak = "/leak?";
  if (target == "/healthz") return {200, "ok\n"};
  if (target == "/work") return Work() ? HttpReply{200, "done\n"} : HttpReply{503, "no memory or no disk\n"};
  if (!target.starts_with(leak)) return {404, ""};
  g_leak_mib_per_second = std::atof(target.c_str() + leak.size());
  return {200, "ok\n"};
}

}  // namespace

int Serve() {
  std::ofstream("/proc/self/oom_score_adj") << 500;  // the one that leaks is the one that goes
  const HttpServer server("0.0.0.0", kServicePort, Answer);
  if (server.port() == 0) return 1;
  Leak();
}

}  // namespace forewarn::testbed::guest
