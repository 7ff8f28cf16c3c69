// SPDX-License-Identifier: Apache-2.0
#include <sys/mman.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "tests/testbed/guest/agent.h"
#include "tests/testbed/guest/disk.h"
#include "tests/testbed/guest/http.h"

namespace forewarn::testbed::guest {
namespace {

constexpr std::size_t kMib = 1 << 20;
constexpr std::size_t kLogBytes = 512;  // of a request
std::atomic<double> g_leak_mib_per_second{0}, g_fail_percent{0}, g_hang{0};

// Takes memory and writes to all its pages, so that the guest has to give them. nullptr: it has none.
void* Take(std::size_t bytes) {
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return nullptr;
  std::memset(memory, 0x5a, bytes);
  return memory;
}

// What has leaked comes back once it leaks no more, as if it had been restarted.
[[noreturn]] void Leak() {
  double owed = 0;
  std::vector<void*> leaked;
  for (;;) {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    for (owed += g_leak_mib_per_second / 10; owed >= 1; owed -= 1) leaked.push_back(Take(kMib));
    if (g_leak_mib_per_second > 0) continue;
    for (void* memory : leaked) {
      if (memory != nullptr) munmap(memory, kMib);
    }
    leaked.clear();
  }
}

// Where there is a second disk it keeps a log of what it has done there.
bool Log() {
  std::error_code unknown;
  static const bool kept = std::filesystem::exists(std::string(kData) + "/lost+found", unknown);
  if (!kept) return true;
  std::ofstream log(std::string(kData) + "/log", std::ios::app);
  log << std::string(kLogBytes, '.') << std::flush;
  return log.good();
}

bool Fails() {
  thread_local std::minstd_rand random(std::random_device{}());
  return std::uniform_real_distribution<double>(0, 100)(random) < g_fail_percent;
}

bool Work() {
  Disk disk;
  void* memory = Take(2 * kMib);
  while (g_hang > 0) std::this_thread::sleep_for(std::chrono::milliseconds(50));
  const bool done =
      !Fails() && memory != nullptr && Log() && disk.Read() && disk.Read() && disk.Write() && disk.Flush();
  if (memory != nullptr) munmap(memory, 2 * kMib);
  return done;
}

HttpReply Answer(const std::string& target) {
  const std::pair<std::string_view, std::atomic<double>*> defects[] = {
      {"/leak?", &g_leak_mib_per_second}, {"/fail?", &g_fail_percent}, {"/hang?", &g_hang}};
  if (target == "/healthz") return {200, "ok\n"};
  if (target == "/work") return Work() ? HttpReply{200, "done\n"} : HttpReply{503, "no memory or no disk\n"};
  for (const auto& [path, value] : defects) {
    if (!target.starts_with(path)) continue;
    *value = std::atof(target.c_str() + path.size());
    return {200, "ok\n"};
  }
  return {404, ""};
}

}  // namespace

int Serve() {
  std::ofstream("/proc/self/oom_score_adj") << 500;  // the one that leaks is the one that goes
  const HttpServer server("0.0.0.0", kServicePort, Answer);
  if (server.port() == 0) return 1;
  Leak();
}

}  // namespace forewarn::testbed::guest
