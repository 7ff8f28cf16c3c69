// SPDX-License-Identifier: Apache-2.0
#pragma once

// The engine's own words in series and in the journal, beside those of the guard rails.
namespace forewarn::engine {

inline constexpr char kExperimentRefused[] = "experiment";        // this version runs none
inline constexpr char kUnproven[] = "unproven";                   // no possible step has passed an experiment
inline constexpr char kNoPlan[] = "no_plan";                      // no policy, or no step of it is possible
inline constexpr char kNoSymptom[] = "no_symptom";                // nothing to verify by
inline constexpr char kTargetUnresolved[] = "target_unresolved";  // gone, ambiguous, or its hypervisor is away
inline constexpr char kOverlap[] = "overlap";                     // another episode has changed the same setting
inline constexpr char kDuplicate[] = "duplicate";                 // another open episode is about the same domain
inline constexpr char kControl[] = "control";                     // held out at random (control_ratio)
inline constexpr char kApprovalRefused[] = "approval_refused";    // a person said no
inline constexpr char kApprovalExpired[] = "approval_expired";    // nobody said anything in time
inline constexpr char kApprovalRequired[] = "approval_required";  // in a preview: a person would be asked
inline constexpr char kTooSlow[] = "too_slow";                    // of one change: the fault would be there before
inline constexpr const char* kRefusalReasons[] = {kExperimentRefused, kUnproven,       kNoPlan,    kNoSymptom,
                                                  kTargetUnresolved,  kOverlap,        kDuplicate, kControl,
                                                  kApprovalRefused,   kApprovalExpired};

inline constexpr char kInterrupted[] = "interrupted";  // of a change: cut off between its record and its return

inline constexpr char kPageExhausted[] = "exhausted";           // no step relieved
inline constexpr char kPageNoHeadroom[] = "no_headroom";        // renewed up to the limit
inline constexpr char kPageRevertFailing[] = "revert_failing";  // a change cannot be undone
inline constexpr char kPageApproval[] = "approval";             // somebody has to agree
inline constexpr char kPageLasting[] = "lasting";               // what cannot be undone didn't help, or was cut off
inline constexpr const char* kPagingRefusals[] = {kTargetUnresolved, "fleet_predicted", "circuit_breaker",
                                                  "no_fence_proof"};
inline constexpr const char* kPageReasons[] = {
    kPageExhausted,    kPageNoHeadroom,   kPageRevertFailing, kPageApproval,  kPageLasting, kTargetUnresolved,
    "fleet_predicted", "circuit_breaker", "no_fence_proof",   "not_recovered"};  // an experiment's target

}  // namespace forewarn::engine
