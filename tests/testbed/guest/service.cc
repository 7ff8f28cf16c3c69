// SPDX-License-Identifier: Apache-2.0
#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <thread>

#include "tests/testbed/guest/agent.h"
#include "tests/testbed/guest/disk.h"

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

void Leak() {
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

std::string Answer(const std::string& request) {
  const auto asks = [&](const char* what) { return request.find(what) != std::string::npos; };
  const std::string leak = " /leak?";
  bool well = true;
  if (asks(" /work ")) {
    well = Work();
  } else if (const std::size_t at = request.find(leak); at != std::string::npos) {
    g_leak_mib_per_second = std::atof(request.c_str() + at + leak.size());
  } else if (!asks(" /healthz ")) {
    return "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
  }
  return well ? "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nok\n"
              : "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
}

void Converse(int connection) {
  const timeval patience{5, 0};
  setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  std::string request;
  char buffer[2048];
  while (request.find("\r\n\r\n") == std::string::npos && request.size() < 16384) {
    const ssize_t got = read(connection, buffer, sizeof buffer);
    if (got <= 0) break;
    request.append(buffer, static_cast<std::size_t>(got));
  }
  const std::string answer = Answer(request.substr(0, request.find("\r\n")));
  [[maybe_unused]] const ssize_t written = write(connection, answer.data(), answer.size());
  close(connection);
}

}  // namespace

int Serve() {
  signal(SIGPIPE, SIG_IGN);
  std::ofstream("/proc/self/oom_score_adj") << 500;  // the one that leaks is the one that goes
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int yes = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(kServicePort);
  if (bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 || listen(listener, 64) != 0) return 1;
  std::thread(Leak).detach();
  for (;;) {
    const int connection = accept(listener, nullptr, nullptr);
    if (connection >= 0) std::thread(Converse, connection).detach();
  }
}

}  // namespace forewarn::testbed::guest
