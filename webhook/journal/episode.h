// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/clock.h"
#include "webhook/journal/experiment.h"

namespace forewarn::journal {

enum class Outcome { kNone, kRelieved, kIneffective, kHarmful, kUnverifiable, kRefused };
std::string_view Name(Outcome outcome);  // "" for kNone
inline constexpr Outcome kOutcomes[] = {Outcome::kRelieved, Outcome::kIneffective, Outcome::kHarmful,
                                        Outcome::kUnverifiable, Outcome::kRefused};

// intent ▸ planned ▸ (waiting for a person ▸) recorded ▸ applied ▸ (verified:) held ▸ reverting ▸ closed. From
// `recorded` on something may be set on the target, and stays on record until it was undone.
enum class State { kIntent, kPlanned, kWaiting, kRecorded, kApplied, kHeld, kReverting, kClosed };
std::string_view Name(State state);

// What telemetry said about the fault when we asked before planning.
struct Prediction {
  double confidence = 0;                   // 0 to 1
  double severity = 0;                     // 0 to 1
  double threshold = 1;                    // of the stage that the purpose names
  OptionalTime expected;                   // of the manifestation
  base::WallTime sampled;                  // when the confidence was sampled
  std::map<std::string, double> evidence;  // signal → anomaly score
  bool teaches = false;                    // an experiment would, enough (forewarn_experiment_value_ratio)
  bool operator==(const Prediction&) const = default;
};

// One setting of one actuator: what was set before and what was set instead.
struct Change {
  int step = 0;  // of the plan, from 0
  std::string actuator;
  Subject subject;       // whose setting it is: mostly the episode's domain, else its standby or its neighbour
  std::string from, to;  // actuators::ToText; absolute values
  Outcome outcome = Outcome::kNone;
  std::string reason;  // of the outcome; begins with a stable word
  OptionalTime intended, applied, verified, reverted;
  bool lasting = false;    // cannot be undone, or is let stand
  bool injection = false;  // of an experiment: it makes the fault

  // Whether the target may carry it. A change without an application may have been cut off during it.
  bool InForce() const { return intended && !reverted && !lasting && outcome != Outcome::kRefused; }
  bool Pending() const { return intended && outcome == Outcome::kNone; }  // begun, not judged yet
};

// Whether a person has to agree before a plan begins.
enum class Approval { kNotNeeded, kWaiting, kGranted, kRefused };
std::string_view Name(Approval approval);

// What a person asks of an episode that is open.
enum class Wish { kNone, kApprove, kRefuse, kRevert };
std::string_view Name(Wish wish);  // "" for kNone

// The fingerprint of what a person asked for begins so.
inline constexpr char kRequested[] = "request:";

// Everything that one predicted fault of one domain led to. At most one is open per (domain UUID, fault, purpose).
struct Episode {
  std::int64_t id = 0;
  std::string domain, uuid, hypervisor;  // the last two from our own connections, once resolved
  std::string fault, purpose, severity_level;
  std::string fingerprint;
  base::WallTime starts_at, alerted;
  std::optional<Prediction> prediction;

  std::int64_t epoch = 0;  // of the fence: grows with each process that takes the episode over
  State state = State::kIntent;
  Approval approval = Approval::kNotNeeded;
  std::string decided_by;          // who approved, refused or reverted
  bool control = false;            // held out: nothing is done, to see what would have happened
  int step = 0;                    // of the plan: the one that is tried
  std::optional<double> baseline;  // the symptom just before the step was applied
  OptionalTime deadline;           // of the step's verification
  OptionalTime expiry;             // of what is held
  int renewals = 0;
  Outcome outcome = Outcome::kNone;
  std::string reason;
  OptionalTime closed;
  std::vector<Change> changes;  // in the order of their application
  std::optional<Experiment> experiment;

  bool Requested() const { return fingerprint.starts_with(kRequested); }
  const Change* LastInForce() const;  // of the changes; nullptr: none is
  // The first one that set in force what this change sets, too; the change itself where it was the first.
  const Change& Lowest(const Change& change) const;

  Wish wish = Wish::kNone;  // written by Claims::Ask alone
  std::string wished_by;
};

}  // namespace forewarn::journal
