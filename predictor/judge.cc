// SPDX-License-Identifier: Apache-2.0
#include "predictor/judge.h"

#include <algorithm>
#include <cmath>

#include "predictor/knowledge/match.h"

namespace forewarn::predictor {
namespace {

using detectors::Trend;
using knowledge::Degrees;
using telemetry::IsMissing;
using telemetry::kMissing;

constexpr double kShown = 0.001;            // a lower confidence needs no evidence, and of Unknown is no prediction
constexpr double kUnknownAccuracy = 0.6;    // enough to tell a person, never enough to act
constexpr std::size_t kUnknownSignals = 2;  // one odd signal is an anomaly, not a fault

const Trend* TrendOf(const Evaluation& seen, std::int64_t signal, std::uint32_t instance) {
  const auto slot = static_cast<std::size_t>(signal);
  if (signal < 0 || slot >= seen.trends.size() || instance >= seen.trends[slot].size()) return nullptr;
  return &seen.trends[slot][instance];
}

const detectors::Anomaly* AnomalyOf(const Evaluation& seen, std::int64_t signal, std::uint32_t instance) {
  const auto slot = static_cast<std::size_t>(signal);
  if (signal < 0 || slot >= seen.anomalies.size() || instance >= seen.anomalies[slot].size()) return nullptr;
  return &seen.anomalies[slot][instance];
}

std::optional<Degrees> DegreesOfSignal(const std::string& name, std::uint32_t instance, const Evaluation& seen) {
  const std::int64_t signal = seen.snapshot.signals->Find(name);
  const auto* anomaly = AnomalyOf(seen, signal, instance);
  const double value = signal < 0 ? kMissing : seen.snapshot.At(static_cast<std::uint32_t>(signal), instance);
  if (anomaly == nullptr || IsMissing(value) || IsMissing(anomaly->score)) return std::nullopt;
  Degrees degrees;
  const double strength = std::min(anomaly->score, 1.0);
  (value > anomaly->expected ? degrees.high : degrees.low) = strength;
  degrees.normal = 1 - strength;
  if (const Trend* trend = TrendOf(seen, signal, instance)) {
    const auto outlook = trend->Look();
    degrees.rising = outlook.rising;
    degrees.falling = outlook.falling;
  }
  return degrees;
}

// How far the level will have come from what is expected (0) towards the limit (1) within the horizon.
double SeverityOf(const knowledge::Signature& signature, const Trend::Outlook& outlook, double expected) {
  const auto& manifestation = signature.manifestation;
  const double ahead = outlook.level + std::max(outlook.slope * manifestation.direction, 0.0) *
                                           manifestation.direction * signature.horizon;
  const double way = manifestation.limit - expected;
  if (way * manifestation.direction <= 0) return 1;  // what is expected is beyond the limit itself
  return std::clamp((ahead - expected) / way, 0.0, 1.0);
}

double ExpectedTime(const knowledge::Signature& signature, const Trend::Outlook& outlook, double now) {
  const auto& manifestation = signature.manifestation;
  const double missing = (manifestation.limit - outlook.level) * manifestation.direction;
  if (missing <= 0) return now;
  const double speed = outlook.slope * manifestation.direction;
  return speed > 0 && missing / speed <= signature.horizon ? now + missing / speed : kMissing;
}

}  // namespace

std::optional<Evidence> EvidenceOfSignal(std::uint32_t signal, std::uint32_t instance, const Evaluation& seen) {
  const auto* anomaly = AnomalyOf(seen, signal, instance);
  const double value = seen.snapshot.At(signal, instance);
  if (anomaly == nullptr || IsMissing(value) || IsMissing(anomaly->score)) return std::nullopt;
  return Evidence{seen.snapshot.signals->NameOf(signal), value, anomaly->expected, anomaly->score,
                  std::string(seen.table[seen.detector_of[signal][instance]].name)};
}

std::vector<Evidence> Judge::EvidenceOf(std::uint32_t instance, const Evaluation& seen) const {
  std::vector<Evidence> evidence;
  for (const auto& symptom : signature_.symptoms) {
    const std::int64_t signal = seen.snapshot.signals->Find(symptom.signal);
    if (signal < 0) continue;
    if (auto one = EvidenceOfSignal(static_cast<std::uint32_t>(signal), instance, seen))
      evidence.push_back(std::move(*one));
  }
  return evidence;
}

std::optional<Prediction> Judge::Of(std::uint32_t instance, const Evaluation& seen, double memory) {
  match_ = 0;
  const auto& manifestation = signature_.manifestation;
  const std::int64_t signal = seen.snapshot.signals->Find(manifestation.signal);
  const Trend* trend = TrendOf(seen, signal, instance);
  const auto* anomaly = AnomalyOf(seen, signal, instance);
  const Trend::Outlook outlook = trend == nullptr ? Trend::Outlook{} : trend->Look();
  if (IsMissing(outlook.level) || anomaly == nullptr || IsMissing(anomaly->score)) {
    return std::nullopt;  // the confidence is kept: a missed scrape is no news, and after a gap time outweighs it
  }
  const bool manifested = (outlook.level - manifestation.limit) * manifestation.direction >= 0;
  // What has come true needs no symptoms: at their limits they rise no further.
  match_ = manifested ? 1 : knowledge::Match(signature_, [&](const std::string& name) {
    return DegreesOfSignal(name, instance, seen);
  });
  const double crossing = trend->CrossingProbability(manifestation.limit, signature_.horizon, manifestation.direction);
  const double now = confidence::Combine({crossing, match_, signature_.prior_accuracy});
  Prediction prediction;
  prediction.instance = instance;
  prediction.fault = signature_.fault;
  prediction.confidence = smoother_.Next(instance, seen.snapshot.time, now, memory);
  prediction.severity = SeverityOf(signature_, outlook, anomaly->expected);
  prediction.expected_time = ExpectedTime(signature_, outlook, seen.snapshot.time);
  prediction.horizon = signature_.horizon;
  if (prediction.confidence >= kShown) prediction.evidence = EvidenceOf(instance, seen);
  return prediction;
}

std::optional<Prediction> UnknownJudge::Of(std::uint32_t instance, const Evaluation& seen, double explained,
                                           double memory) {
  std::vector<Evidence> evidence;
  for (std::uint32_t signal = 0; signal < seen.anomalies.size(); ++signal) {
    auto one = EvidenceOfSignal(signal, instance, seen);
    if (one && one->score >= 1) evidence.push_back(std::move(*one));
  }
  const double strength = evidence.size() < kUnknownSignals ? 0 : (1 - explained) * kUnknownAccuracy;
  const double confidence = smoother_.Next(instance, seen.snapshot.time, strength, memory);
  if (confidence < kShown || evidence.empty()) return std::nullopt;
  std::sort(evidence.begin(), evidence.end(), [](const Evidence& a, const Evidence& b) { return a.score > b.score; });
  Prediction prediction;
  prediction.instance = instance;
  prediction.fault = kFault;
  prediction.confidence = confidence;
  prediction.severity = std::min(evidence.front().score / 10, 1.0);  // 10: where scores end
  prediction.expected_time = kMissing;
  prediction.horizon = kHorizon;
  prediction.evidence = std::move(evidence);
  return prediction;
}

}  // namespace forewarn::predictor
