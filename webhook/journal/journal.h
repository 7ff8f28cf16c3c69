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
  std::string domain, fault, purpose;  // empty: any
  std::optional<bool> open;            // absent: both
  Outcome outcome = Outcome::kNone;    // kNone: any
  OptionalTime alerted_since;          // alerted at that time or later
  OptionalTime closed_since;           // closed at that time or later
  std::optional<std::int64_t> before;  // only those with a smaller id: older ones
  std::optional<std::string> uuid;
  std::optional<std::int64_t> id;
  std::string fingerprint;   // empty: any
  std::string changed;       // UUID of a domain that a change of the episode is about; empty: any
  bool in_force = false;     // only those with a change that the target may carry (Change::InForce)
  OptionalTime acted_since;  // only those with a change that was begun (intended) at that time or later
  bool wished = false;       // only those with a wish
  std::size_t limit = 1000;
};

// What we meant to do and what came of it, durable before any effect. Thread-safe. Where it cannot be reached every
// call is kUnavailable; kTimeout where nobody knows whether the call took effect: it may be repeated. After a failed
// write or sync nothing that a file was said to hold can be trusted: it is dead until the process starts again.
// (Retrying an fsync loses data: https://lwn.net/Articles/752063/.)
class Journal {
 public:
  virtual ~Journal() = default;
  // All or nothing, in one durable transaction; one admission per alert, in their order.
  virtual base::Result<std::vector<Admission>> Admit(const std::vector<alerts::Alert>& alerts, base::WallTime now) = 0;
  // The episode as it is now with all its changes, but its wish. kConflict: another open one has the same (UUID, fault,
  // purpose); or, with a message that begins with kFenced, its epoch is another's now, and nothing was written.
  virtual base::Result<void> Save(const Episode& episode) = 0;
  virtual base::Result<std::vector<Episode>> Find(const Filter& filter) = 0;  // newest first
  virtual std::optional<std::string> Dead() const = 0;                        // why
};

inline constexpr char kFenced[] = "fenced";

// Which process works on which episode. An open episode is held by one process at a time, under an epoch that grows
// with each taking over; what a process is late to do under an older epoch is refused. Thread-safe.
class Claims {
 public:
  virtual ~Claims() = default;
  // Extends the leases of what this process holds, and takes over what nobody holds (any more): the newly taken, each
  // under a higher epoch. To be called several times per lease.
  virtual base::Result<std::vector<Episode>> Claim() = 0;
  // Asked immediately before each effect. Error: kConflict with kFenced where the episode is another's, or may be
  // before the effect has ended.
  // The value: until when it surely is ours. Nothing of the effect may begin later (give it to the calls as a
  // deadline).
  virtual base::Result<base::SteadyTime> Check(const Episode& episode) = 0;
  // Leaves a person's wish with an open episode, whoever holds it; its holder finds it (Filter::wished), acts, and asks
  // for kNone. kNotFound: no such open episode.
  virtual base::Result<void> Ask(std::int64_t episode, Wish wish, const std::string& by) = 0;
};

class Store : public Journal, public Claims {};

// SQLite (WAL, synchronous=FULL, exclusive lock), made where it doesn't exist. kConflict: another process has it;
// kUnsupported: written by a newer version. The lock is the lease: all that is open is this process's.
base::Result<std::unique_ptr<Store>> OpenSqlite(const std::string& path);

}  // namespace forewarn::journal
