// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>

// What the campaign and the library in its victim share: a file in memory.
namespace forewarn::crash {

struct Moment {
  std::atomic<std::uint32_t> calls{0};  // so many have begun
  std::atomic<std::uint32_t> died{0};   // at this one; 0: it has not
  char call[24] = {};                   // which it was: "pwrite64"
  char on[24] = {};                     // and on what: "journal", "hypervisor", "http"
};

// Names of environment variables: the file, and the ordinal of the call to die before, 0 for none.
inline constexpr char kMomentFile[] = "FOREWARN_CRASH_FILE", kMomentAt[] = "FOREWARN_CRASH_AT";

}  // namespace forewarn::crash
