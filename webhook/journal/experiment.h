// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/clock.h"
#include "common/base/result.h"

namespace forewarn::journal {

using OptionalTime = std::optional<base::WallTime>;

// A domain on one hypervisor.
struct Subject {
  std::string domain, uuid, hypervisor;
  bool operator==(const Subject&) const = default;
};

// steady (before) ▸ announced ▸ injecting ▸ mitigating ▸ reverting ▸ settling (steady again) ▸ cooling ▸ over.
enum class Phase { kSteady, kAnnounced, kInjecting, kMitigating, kReverting, kSettling, kCooling, kOver };
std::string_view Name(Phase phase);

// passed: the mitigation took the injected fault away. failed: it didn't, or made it worse, or the target didn't
// recover. inconclusive: the injection never showed, so that nothing is proven. aborted: it was stopped.
enum class Verdict { kNone, kPassed, kFailed, kInconclusive, kAborted };
std::string_view Name(Verdict verdict);  // "" for kNone
inline constexpr Verdict kVerdicts[] = {Verdict::kPassed, Verdict::kFailed, Verdict::kInconclusive, Verdict::kAborted};

// What an episode with the purpose `experiment` is about, and how far it got.
struct Experiment {
  struct Event {
    base::WallTime at;
    std::string what;               // for a person: "injected disk_io at 0.16"
    std::optional<double> symptom;  // at that time
  };

  std::string name;  // of its template
  Subject target;    // whom it is done to
  Phase phase = Phase::kSteady;
  std::int64_t epoch = 0;                           // under which it began: another process's goes no further
  int rung = -1;                                    // of the ladder: the one that is injected
  double predicted = 0, injected = 0;               // severity, 0 to 1
  int step = -1;                                    // of the policy: the mitigation under test
  std::vector<std::string> mitigation;              // its actuators
  std::string signal;                               // PromQL of the symptom, for the target
  std::optional<double> calm, shown, eased;         // the symptom before, by the injection, after the mitigation
  std::optional<double> verify_calm, verify_shown;  // what the policy verifies by: before, and by the injection
  OptionalTime deadline;                            // of the phase
  OptionalTime ends;                                // when all of it is undone, whatever happens
  std::vector<std::string> covers;                  // domains that its series names
  OptionalTime marked_until;                        // how long its series stays
  Verdict verdict = Verdict::kNone;
  std::string reason;      // of the verdict; begins with a stable word
  std::string started_by;  // "alert", or who asked
  std::vector<Event> events;

  // Whether something is, or may be, done to the target.
  bool Acting() const { return phase > Phase::kAnnounced && phase < Phase::kSettling; }
};

// As JSON, and its way back. kInvalid: not one of ours.
std::string ToText(const Experiment& experiment);
base::Result<Experiment> ExperimentFromText(const std::string& text);

}  // namespace forewarn::journal
