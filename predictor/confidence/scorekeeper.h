// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "predictor/confidence/calibration.h"
#include "predictor/confidence/outcome.h"
#include "predictor/confidence/recognition.h"
#include "predictor/confidence/reliability.h"
#include "predictor/confidence/watcher.h"

namespace forewarn::confidence {

// What a fault's predictions are judged by.
struct FaultTerms {
  std::string fault;
  double horizon = 0;  // s
  double notify = 1;   // confidence
  double prior_accuracy = 1;
};

// How long before the manifestation its prediction was published; what had no lead is apart, in the bucket of 0.
struct LeadTimes {
  static constexpr std::array<double, 12> kBounds = {0, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600, 14400};  // s
  std::array<std::uint64_t, kBounds.size() + 1> counts{};  // of those up to each bound; the last: above all
  double sum = 0;                                          // s
  void Add(double lead);
};

// The record of one fault.
struct FaultRecord {
  FaultTerms terms;
  std::array<std::uint64_t, kOutcomeCount> episodes{}, samples{};  // by outcome
  LeadTimes leads;                                                 // of hits
  Calibration calibration;
  Reliability reliability;  // of samples where calibration is not frozen: the others are no fair sample
  Watcher watcher;
  Recognition recognition;  // of injections: they count for the accuracy, and for nothing else here

  // How often the signature is right at full strength, by outcomes and injections.
  Belief Accuracy() const { return BeliefOf(calibration.Known() + recognition.Known()); }
  std::uint64_t Episodes(Outcome outcome) const { return episodes[static_cast<std::size_t>(outcome)]; }
  std::uint64_t Samples(Outcome outcome) const { return samples[static_cast<std::size_t>(outcome)]; }
};

// Makes probabilities of raw confidences and keeps the score of what came of them, fault by fault. What episodes and
// samples are: Watcher; what becomes of injections: Recognition. Per tick: Begin, Publish each and Inject each, End.
class Scorekeeper {
 public:
  // Keeps the records of faults that stay; one whose prior accuracy changes is calibrated anew.
  void SetFaults(std::vector<FaultTerms> faults);
  const std::vector<FaultRecord>& faults() const { return faults_; }  // in the order of SetFaults

  void Begin(double time, double tick);  // s since the epoch; s
  // The confidence to be published, for the fault of that index. `sight` without its confidence. What has come true is
  // no less sure than it was before calibration.
  double Publish(std::size_t fault, Sight sight);
  // The fault of that index is injected on the instance.
  void Inject(std::size_t fault, std::uint32_t instance, Explained explained);
  void End();

  void Save(detectors::Archive& archive) const;
  // Records of faults that are not known are passed over. kInvalid: damaged or of another version; all is then fresh.
  base::Result<void> Restore(detectors::Archive& archive);

 private:
  static void Count(FaultRecord& record, const Resolved& resolved);
  base::Result<void> TakeRecord(detectors::Archive& archive);

  double time_ = 0, tick_ = 0;
  std::vector<FaultRecord> faults_;
};

}  // namespace forewarn::confidence
