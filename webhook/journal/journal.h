// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "webhook/alerts/alert.h"
#include "webhook/journal/episode.h"

namespace forewarn::journal {

// What became of one alert.
enum class Admitted {
  kOpened,     // a new episode, durable now
  kDuplicate,  // its episode is open already
  kResolved,   // noted for the ordering
  kLate,       // a firing that a resolved of the same or a later start has overtaken
};
struct Admission {
  Admitted what = Admitted::kOpened;
  Episode episode;  // of kOpened
};

struct Filter {
  std::string domain, fault;  // empty: any
  std::optional<bool> open;   // absent: both
  OptionalTime closed_since;  // closed at that time or later
  std::optional<std::string> uuid;
  std::size_t limit = 1000;
};

// What we meant to do and what came of it, durable before any effect. Thread-safe; one process at a time.
// After a failed write or sync nothing that was said to be durable can be trusted: the journal is dead until the
// process starts again, and every call is kUnavailable. (Retrying an fsync loses data:
// https://lwn.net/Articles/752063/.)
class Journal {
 public:
  virtual ~Journal() = default;
  // All or nothing, in one durable transaction; one admission per alert, in their order.
  virtual base::Result<std::vector<Admission>> Admit(const std::vector<alerts::Alert>& alerts, base::WallTime now) = 0;
  // The episode as it is now with all its changes. kConflict: another open one has the same (UUID, fault, purpose).
  virtual base::Result<void> Save(const Episode& episode) = 0;
  virtual base::Result<std::vector<Episode>> Find(const Filter& filter) = 0;  // newest first
  virtual std::optional<std::string> Dead() const = 0;                        // why
};

// SQLite (WAL, synchronous=FULL, exclusive lock), made where it doesn't exist. kConflict: another process has it;
// kUnsupported: written by a newer version.
base::Result<std::unique_ptr<Journal>> OpenSqlite(const std::string& path);

}  // namespace forewarn::journal
