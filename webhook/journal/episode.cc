// SPDX-License-Identifier: Apache-2.0
#include "webhook/journal/episode.h"

#include <algorithm>

namespace forewarn::journal {

std::string_view Name(Outcome outcome) {
  switch (outcome) {
    case Outcome::kNone:
      return "";
    case Outcome::kRelieved:
      return "relieved";
    case Outcome::kIneffective:
      return "ineffective";
    case Outcome::kHarmful:
      return "harmful";
    case Outcome::kUnverifiable:
      return "unverifiable";
    case Outcome::kRefused:
      return "refused";
  }
  return "";
}

std::string_view Name(State state) {
  switch (state) {
    case State::kIntent:
      return "intent";
    case State::kPlanned:
      return "planned";
    case State::kWaiting:
      return "waiting";
    case State::kRecorded:
      return "recorded";
    case State::kApplied:
      return "applied";
    case State::kHeld:
      return "held";
    case State::kReverting:
      return "reverting";
    case State::kClosed:
      return "closed";
  }
  return "";
}

std::string_view Name(Approval approval) {
  switch (approval) {
    case Approval::kNotNeeded:
      return "not_needed";
    case Approval::kWaiting:
      return "waiting";
    case Approval::kGranted:
      return "granted";
    case Approval::kRefused:
      return "refused";
  }
  return "";
}

std::string_view Name(Wish wish) {
  switch (wish) {
    case Wish::kNone:
      return "";
    case Wish::kApprove:
      return "approve";
    case Wish::kRefuse:
      return "refuse";
    case Wish::kRevert:
      return "revert";
  }
  return "";
}

const Change* Episode::LastInForce() const {
  const auto last =
      std::find_if(changes.rbegin(), changes.rend(), [](const Change& change) { return change.InForce(); });
  return last == changes.rend() ? nullptr : &*last;
}

const Change& Episode::Lowest(const Change& change) const {
  const auto lowest = std::find_if(changes.begin(), changes.end(), [&](const Change& other) {
    const bool same = other.actuator == change.actuator && other.subject.uuid == change.subject.uuid;
    return same && other.InForce();
  });
  return lowest == changes.end() ? change : *lowest;
}

}  // namespace forewarn::journal
