// SPDX-License-Identifier: Apache-2.0
// Loaded into the real webhook (LD_PRELOAD): counts, over all threads, its calls that write to the journal, to a
// hypervisor or to a peer by HTTP, and kills it with SIGKILL just before the n-th. strace's `inject` counts per thread,
// and so would not reach the later calls of a thread that makes few.
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <new>

#include "tests/campaigns/kills/moment.h"

namespace forewarn::crash {
namespace {

std::uint32_t die_at = 0;
Moment* moment = nullptr;

__attribute__((constructor)) void Begin() {
  const char* file = std::getenv(kMomentFile);
  const char* at = std::getenv(kMomentAt);
  if (file == nullptr || at == nullptr) return;
  die_at = static_cast<std::uint32_t>(std::strtoul(at, nullptr, 10));
  const int fd = open(file, O_RDWR | O_CLOEXEC);
  if (fd < 0) return;
  void* shared = mmap(nullptr, sizeof(Moment), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  close(fd);
  if (shared != MAP_FAILED) moment = static_cast<Moment*>(shared);
}

// nullptr: of no interest (wake-ups of threads, the log).
const char* What(int fd) {
  struct stat status {};
  if (fd <= STDERR_FILENO || fstat(fd, &status) != 0) return nullptr;
  if (S_ISREG(status.st_mode)) return "journal";
  if (!S_ISSOCK(status.st_mode)) return nullptr;
  sockaddr_storage peer{};
  socklen_t size = sizeof peer;
  if (getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &size) != 0) return nullptr;
  return peer.ss_family == AF_UNIX ? "hypervisor" : "http";
}

void Count(const char* call, const char* on) {
  if (moment == nullptr || on == nullptr || moment->calls.fetch_add(1) + 1 != die_at) return;
  std::strncpy(moment->call, call, sizeof moment->call - 1);
  std::strncpy(moment->on, on, sizeof moment->on - 1);
  moment->died = die_at;
  kill(getpid(), SIGKILL);
  for (;;) pause();
}

template <class Function>
Function Next(const char* name) {
  return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

}  // namespace
}  // namespace forewarn::crash

#define FOREWARN_COUNTED(result, name, parameters, arguments, fd)                \
  extern "C" result name parameters {                                            \
    static const auto next = forewarn::crash::Next<result(*) parameters>(#name); \
    forewarn::crash::Count(#name, forewarn::crash::What(fd));                    \
    return next arguments;                                                       \
  }

FOREWARN_COUNTED(ssize_t, write, (int fd, const void* data, size_t size), (fd, data, size), fd)
FOREWARN_COUNTED(ssize_t, writev, (int fd, const iovec* parts, int count), (fd, parts, count), fd)
FOREWARN_COUNTED(ssize_t, pwrite64, (int fd, const void* data, size_t size, off64_t at), (fd, data, size, at), fd)
FOREWARN_COUNTED(int, fsync, (int fd), (fd), fd)
FOREWARN_COUNTED(int, fdatasync, (int fd), (fd), fd)
FOREWARN_COUNTED(int, ftruncate64, (int fd, off64_t size), (fd, size), fd)
FOREWARN_COUNTED(ssize_t, send, (int fd, const void* data, size_t size, int flags), (fd, data, size, flags), fd)
FOREWARN_COUNTED(ssize_t, sendmsg, (int fd, const msghdr* message, int flags), (fd, message, flags), fd)
FOREWARN_COUNTED(ssize_t, sendto,
                 (int fd, const void* data, size_t size, int flags, const sockaddr* to, socklen_t length),
                 (fd, data, size, flags, to, length), fd)

extern "C" int unlink(const char* path) noexcept {
  static const auto next = forewarn::crash::Next<int (*)(const char*)>("unlink");
  forewarn::crash::Count("unlink", "journal");
  return next(path);
}
