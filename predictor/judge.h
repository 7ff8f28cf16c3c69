// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "predictor/confidence/confidence.h"
#include "predictor/detectors/detector.h"
#include "predictor/detectors/trend.h"
#include "predictor/knowledge/match.h"
#include "predictor/predictor.h"

namespace forewarn::predictor {

// What is known about every series in one tick.
struct Evaluation {
  const telemetry::Snapshot& snapshot;
  const detectors::AnomalyColumns& anomalies;                 // the strongest detector's, per value
  const std::vector<std::vector<std::uint8_t>>& detector_of;  // which that was, index into the table
  const std::vector<std::vector<detectors::Trend>>& trends;   // empty for signals that no signature asks the trend of
  const std::vector<detectors::DetectorLine>& table;
};

// One manifestation of a fault on one instance.
struct Limit {
  const detectors::Trend* trend = nullptr;
  double at = 0, direction = 1;  // in the signal's unit; 1: at or above, -1: at or below
  double expected = 0;           // in the signal's unit
  double crossing = 0;           // how probable it is to be at or beyond within the horizon, 0 to 1
  bool reached = false;          // by the newest value
  bool sure = false;             // for some ticks in a row
  bool manifested = false;       // by the level
  bool relative = false;         // the limit depends on what is expected
};

// Judges one fault on every instance: its signature against what is seen.
class Judge {
 public:
  explicit Judge(knowledge::Signature signature) : signature_(std::move(signature)) {}
  const knowledge::Signature& signature() const { return signature_; }

  void Prepare(const Evaluation& seen);  // once per tick, before any instance
  // nullopt where it cannot be judged: every manifestation's signal is missing or still warming up. `memory`: of
  // the confidence, s.
  std::optional<Prediction> Of(std::uint32_t instance, const Evaluation& seen, double memory);
  double match() const { return match_; }          // of the last call
  bool manifested() const { return manifested_; }  // likewise
  confidence::Smoother& memory() { return smoother_; }
  const confidence::Smoother& memory() const { return smoother_; }

 private:
  std::vector<Evidence> EvidenceOf(std::uint32_t instance, const Evaluation& seen) const;
  std::optional<Limit> LimitOf(const knowledge::Manifestation& manifestation, std::uint32_t instance,
                               const Evaluation& seen) const;
  std::optional<Limit> NearestLimit(std::uint32_t instance, const Evaluation& seen) const;
  double CrossingOf(const Limit& limit) const;
  void CountReached(std::uint32_t instance, Limit& limit);

  knowledge::Signature signature_;
  std::vector<std::int64_t> slots_;     // of its signals in this tick's snapshot; -1: none
  knowledge::Observation observation_;  // of the instance being judged
  confidence::Smoother smoother_;
  std::vector<std::uint8_t> reached_;  // by instance: ticks in a row at the limit
  double match_ = 0;
  bool manifested_ = false;
};

// The evidence of one signal; nullopt where it is missing.
std::optional<Evidence> EvidenceOfSignal(std::uint32_t signal, std::uint32_t instance, const Evaluation& seen);

// A strong pattern that no signature explains. `explained`: the best match of the signatures, 0 to 1.
class UnknownJudge {
 public:
  static constexpr const char* kFault = "Unknown";
  static constexpr double kHorizon = 300;  // s
  std::optional<Prediction> Of(std::uint32_t instance, const Evaluation& seen, double explained, double memory);
  confidence::Smoother& memory() { return smoother_; }
  const confidence::Smoother& memory() const { return smoother_; }

 private:
  confidence::Smoother smoother_;
};

}  // namespace forewarn::predictor
