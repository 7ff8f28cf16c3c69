// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "webhook/engine/parts.h"

namespace forewarn::engine {

// An episode's dealings with targets, and what must be on record about them before. Errors as the actuators'; kConflict
// beginning with journal::kFenced where the episode is another process's.
class Changes {
 public:
  explicit Changes(const Parts& parts) : parts_(parts) {}

  // By name once; from then on it is the same domain or none.
  base::Result<void> Resolve(journal::Episode& episode) const;

  struct Wanted {
    actuators::Target target;
    std::string actuator;
    double severity = 0;
    actuators::Direction direction = actuators::Direction::kRelieve;
  };
  // One that the actuator has nothing to do for is refused: its outcome and reason say so.
  base::Result<journal::Change> Plan(const journal::Episode& episode, const Wanted& wanted) const;

  // Marks and sets. The change must be on record as intended.
  base::Result<void> Apply(const journal::Episode& episode, journal::Change& change) const;
  // Sets what was there before and unmarks. What lies over another change of the same setting is undone with that one.
  base::Result<void> Undo(const journal::Episode& episode, journal::Change& change) const;
  base::Result<void> Mark(const journal::Episode& episode, const journal::Change& change,
                          base::Deadline deadline) const;  // anew: its expiry has changed
  base::Result<bool> Marked(const journal::Episode& episode, const journal::Change& change) const;
  // Whether somebody has undone a change that is on record as in force: the reverter, while we were away or late.
  bool UndoneElsewhere(const journal::Episode& episode) const;

  void Learn(const std::string& fault, const journal::Change& change) const;  // from its outcome
  bool Save(const journal::Episode& episode) const;  // undoing goes on without the journal; beginning doesn't
  // When to go on: nullopt once it's over.
  std::optional<base::Duration> Close(journal::Episode& episode) const;
  static std::optional<base::Duration> Drop(const journal::Episode& episode);  // another process has it now
  base::WallTime After(base::Duration duration) const;
  base::Deadline CallDeadline() const;
  void Log(const journal::Episode& episode, const journal::Change& change, const char* action) const;

 private:
  base::Result<void> CheckOverlap(const journal::Episode& episode, const std::string& subject_uuid,
                                  const std::string& actuator) const;
  base::Deadline ApplyDeadline(base::SteadyTime ours_until) const;

  const Parts& parts_;
};

}  // namespace forewarn::engine
