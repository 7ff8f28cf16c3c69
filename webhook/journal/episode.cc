// SPDX-License-Identifier: Apache-2.0
#include "webhook/journal/episode.h"

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

}  // namespace forewarn::journal
