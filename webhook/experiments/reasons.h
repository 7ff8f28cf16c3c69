// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "webhook/journal/episode.h"

// The experiments' own words in series and in the journal.
namespace forewarn::experiments {

// Refusals, beside those of the guard rails and the engine.
inline constexpr char kNoTemplate[] = "no_template";       // for the fault, or of that name
inline constexpr char kNoTarget[] = "no_target";           // nobody that the template allows
inline constexpr char kRepeated[] = "repeated";            // tried within min_interval
inline constexpr char kNothingToTry[] = "nothing_to_try";  // the policy has no step that an experiment may take
inline constexpr char kNotSteady[] = "not_steady";         // the steady state doesn't hold
inline constexpr char kCrowded[] = "crowded";              // as many run as may at once
inline constexpr char kNotRecorded[] = "not_recorded";     // the journal
inline constexpr const char* kRefusals[] = {kNoTemplate, kNoTarget, kRepeated,   kNothingToTry,
                                            kNotSteady,  kCrowded,  kNotRecorded};

// Of verdicts.
inline constexpr char kInterrupted[] = "interrupted";          // its process ended
inline constexpr char kMarkNotVisible[] = "mark_not_visible";  // Prometheus didn't have the series in time
inline constexpr char kCannotInject[] = "cannot_inject";
inline constexpr char kNotShown[] = "not_shown";  // up to the last rung
inline constexpr char kHarmful[] = "harmful";
inline constexpr char kStopCondition[] = "stop_condition";
inline constexpr char kTelemetryAway[] = "telemetry_away";  // whether to stop cannot be asked
inline constexpr char kTargetGone[] = "target_gone";
inline constexpr char kTargetChanged[] = "target_changed";  // restarted, or somebody has undone it
inline constexpr char kExpired[] = "expired";               // its TTL
inline constexpr char kNotRecovered[] = "not_recovered";    // also a page

// What a verdict says of the mitigation under test.
inline journal::Outcome OutcomeOf(journal::Verdict verdict, const std::string& reason) {
  using journal::Outcome, journal::Verdict;
  if (verdict == Verdict::kPassed) return Outcome::kRelieved;
  if (verdict != Verdict::kFailed) return Outcome::kUnverifiable;
  return reason.starts_with(kHarmful) ? Outcome::kHarmful : Outcome::kIneffective;
}

}  // namespace forewarn::experiments
