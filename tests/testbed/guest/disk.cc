// SPDX-License-Identifier: Apache-2.0
#include "tests/testbed/guest/disk.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>

#include "tests/testbed/guest/agent.h"

namespace forewarn::testbed::guest {

Disk::Disk() : fd_(open(kDisk, O_RDWR | O_DIRECT | O_CLOEXEC)), random_(std::random_device{}()) {
  blocks_ = lseek(fd_, 0, SEEK_END) / static_cast<std::int64_t>(kBlock);
  if (posix_memalign(&buffer_, kBlock, kBlock) != 0) std::abort();
}

Disk::~Disk() {
  std::free(buffer_);
  close(fd_);
}

std::int64_t Disk::Place() {
  return std::uniform_int_distribution<std::int64_t>(0, blocks_ - 1)(random_) * static_cast<std::int64_t>(kBlock);
}

bool Disk::Read() { return blocks_ > 0 && pread(fd_, buffer_, kBlock, Place()) == static_cast<ssize_t>(kBlock); }
bool Disk::Write() { return blocks_ > 0 && pwrite(fd_, buffer_, kBlock, Place()) == static_cast<ssize_t>(kBlock); }
bool Disk::Flush() { return fdatasync(fd_) == 0; }

}  // namespace forewarn::testbed::guest
