// SPDX-License-Identifier: Apache-2.0
#include "exporter/state/store.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace forewarn::state {
namespace {

constexpr const char* kLock = "lock";

const char* ReasonOf(int error) {
  switch (error) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      return "no_space";
    case EACCES:
    case EPERM:
    case EROFS:
      return "forbidden";
    case EWOULDBLOCK:
      return "locked";
    default:
      return "io";
  }
}

bool WriteAll(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno != EINTR) return false;
    if (written > 0) bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

bool ReadAll(int fd, std::string& bytes) {
  struct stat status {};
  if (fstat(fd, &status) != 0) return false;
  bytes.resize(static_cast<std::size_t>(status.st_size));
  std::size_t have = 0;
  while (have < bytes.size()) {
    const ssize_t got = read(fd, bytes.data() + have, bytes.size() - have);
    if (got == 0) break;
    if (got < 0 && errno != EINTR) return false;
    if (got > 0) have += static_cast<std::size_t>(got);
  }
  bytes.resize(have);
  return true;
}

// Closes without a trace in errno.
void Close(int& fd) {
  const int error = errno;
  if (fd >= 0) close(fd);
  fd = -1;
  errno = error;
}

}  // namespace

Store::~Store() {
  Close(lock_);
  Close(folder_);
}

std::optional<Failure> Store::FailureOf(const char* doing) const {
  const int error = errno;
  const char* const reason = ReasonOf(error);
  const bool locked = std::string_view(reason) == "locked";
  return Failure{reason, std::string("cannot ") + doing + " " + directory_ + ": " +
                             (locked ? "another process uses it" : std::strerror(error))};
}

// The folder, and the lock in it. Where nothing may be written there, there is nothing to lock either.
std::optional<Failure> Store::Open() {
  if (lock_ >= 0) return std::nullopt;
  if (folder_ < 0) {
    if (mkdir(directory_.c_str(), 0700) != 0 && errno != EEXIST) return FailureOf("make");
    folder_ = open(directory_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder_ < 0) return FailureOf("open");
  }
  lock_ = openat(folder_, kLock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (lock_ < 0) return std::string_view(ReasonOf(errno)) == "io" ? FailureOf("lock") : std::nullopt;
  if (flock(lock_, LOCK_EX | LOCK_NB) == 0) return std::nullopt;
  Close(lock_);
  return FailureOf("lock");
}

std::optional<Failure> Store::WriteNew(const std::vector<std::string_view>& parts) {
  int fd = openat(folder_, kNew, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return FailureOf("write to");
  bool good = true;
  for (const auto part : parts) good = good && WriteAll(fd, part);
  good = good && fsync(fd) == 0;
  Close(fd);
  return good ? std::nullopt : FailureOf("write to");
}

std::optional<Failure> Store::Write(const std::vector<std::string_view>& parts) {
  if (auto failure = Open()) return failure;
  auto failure = WriteNew(parts);
  if (!failure && renameat(folder_, kNew, folder_, kFile) != 0) failure = FailureOf("rename in");
  if (failure) {
    unlinkat(folder_, kNew, 0);
  } else if (fsync(folder_) != 0) {
    failure = FailureOf("sync");
  }
  return failure;
}

std::optional<std::string> Store::Read(std::optional<Failure>& failure) {
  failure = Open();
  if (failure) return std::nullopt;
  int fd = openat(folder_, kFile, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0) {
    if (errno != ENOENT) failure = FailureOf("read in");
    return std::nullopt;
  }
  std::string bytes;
  const bool good = ReadAll(fd, bytes);
  Close(fd);
  if (!good) failure = FailureOf("read in");
  return good ? std::optional(std::move(bytes)) : std::nullopt;
}

void Store::Reject() {
  if (folder_ >= 0) renameat(folder_, kFile, folder_, kRejected);
}

}  // namespace forewarn::state
