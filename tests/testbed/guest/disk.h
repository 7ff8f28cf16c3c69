// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <random>

namespace forewarn::testbed::guest {

// 4 KiB requests at random places of the guest's disk, past the page cache. One per thread.
class Disk {
 public:
  Disk();
  ~Disk();
  Disk(const Disk&) = delete;
  Disk& operator=(const Disk&) = delete;
  bool Read();
  bool Write();
  bool Flush();

 private:
  std::int64_t Place();
  static constexpr std::size_t kBlock = 4096;
  int fd_ = -1;
  std::int64_t blocks_ = 0;
  void* buffer_ = nullptr;
  std::minstd_rand random_;
};

}  // namespace forewarn::testbed::guest
