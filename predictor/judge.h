// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "predictor/confidence/confidence.h"
#include "predictor/detectors/detector.h"
#include "predictor/detectors/trend.h"
#include "predictor/knowledge/signature.h"
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

// Judges one fault on every instance: its signature against what is seen.
class Judge {
 public:
  explicit Judge(knowledge::Signature signature) : signature_(std::move(signature)) {}
  const knowledge::Signature& signature() const { return signature_; }

  // nullopt where it cannot be judged: the manifestation's signal is missing or still warming up. `memory`: of the
  // confidence, s.
  std::optional<Prediction> Of(std::uint32_t instance, const Evaluation& seen, double memory);
  double match() const { return match_; }  // of the last call
  confidence::Smoother& memory() { return smoother_; }
  const confidence::Smoother& memory() const { return smoother_; }

 private:
  std::vector<Evidence> EvidenceOf(std::uint32_t instance, const Evaluation& seen) const;

  knowledge::Signature signature_;
  confidence::Smoother smoother_;
  double match_ = 0;
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
