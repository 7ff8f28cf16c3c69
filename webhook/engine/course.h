// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "webhook/engine/parts.h"

namespace forewarn::engine {

// What would be done about an episode, and who would say no to it.
struct Preview {
  journal::Episode episode;  // with the changes as planned; those that nothing can be done by are refused
  std::vector<guard::Refusal> refusals;
};

// Takes an episode of one purpose from alert to outcome, a piece of work at a time. It keeps nothing: the episode is
// the state, and all of it is in the journal.
class Course {
 public:
  virtual ~Course() = default;
  // Does what can be done now. After how long there is more to do; nullopt once the episode is closed, or another's.
  virtual std::optional<base::Duration> Advance(journal::Episode& episode) = 0;
  // Does what a person asked for, as far as the episode allows it; then as Advance.
  virtual std::optional<base::Duration> Heed(journal::Episode& episode, journal::Wish wish, const std::string& by) = 0;
  // Asks everybody, touches nothing.
  virtual Preview Look(journal::Episode episode) = 0;
  // The process ends: what must not stand without it is undone. False: not all of it could be.
  virtual bool Leave(journal::Episode& /*episode*/) { return true; }
};

}  // namespace forewarn::engine
