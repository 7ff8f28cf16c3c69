// SPDX-License-Identifier: Apache-2.0
#pragma once

// The engine's own words in series and in the journal, beside those of the guard rails.
namespace forewarn::engine {

inline constexpr char kExperimentRefused[] = "experiment";        // this version runs none
inline constexpr char kNoPlan[] = "no_plan";                      // no policy, or no step of it is possible
inline constexpr char kNoSymptom[] = "no_symptom";                // nothing to verify by
inline constexpr char kTargetUnresolved[] = "target_unresolved";  // gone, ambiguous, or its hypervisor is away
inline constexpr char kOverlap[] = "overlap";                     // another episode has changed the same setting
inline constexpr char kDuplicate[] = "duplicate";                 // another open episode is about the same domain
inline constexpr const char* kRefusalReasons[] = {kExperimentRefused, kNoPlan,  kNoSymptom,
                                                  kTargetUnresolved,  kOverlap, kDuplicate};

inline constexpr char kPageExhausted[] = "exhausted";           // no step relieved
inline constexpr char kPageNoHeadroom[] = "no_headroom";        // renewed up to the limit
inline constexpr char kPageRevertFailing[] = "revert_failing";  // a change cannot be undone
inline constexpr const char* kPageReasons[] = {kPageExhausted, kPageNoHeadroom, kPageRevertFailing};

}  // namespace forewarn::engine
