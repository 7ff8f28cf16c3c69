// SPDX-License-Identifier: Apache-2.0
#include "predictor/judge.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace forewarn::predictor {
namespace {

using detectors::Trend;
using knowledge::Degrees;
using knowledge::Manifestation;
using telemetry::IsMissing;
using telemetry::kMissing;

constexpr double kShown = 0.001;          // a lower confidence needs no evidence, and of Unknown is no prediction
constexpr double kUnknownAccuracy = 0.6;  // enough to tell a person, never enough to act
constexpr double kOrdinary = 0.6;         // anomaly scores from here on are out of the ordinary
constexpr double kTwoAlarms = 2;          // what two signals have together that are each at the alarm level
constexpr double kSure = 0.95;            // how often what has reached its limit is that fault
constexpr double kOutlier = 0.5;          // of a limit that depends on what is normal, unless it stays there
constexpr int kSureTicks = 2;             // at the limit in a row: one may be an outlier
constexpr double kMatches = 0.5;          // from here on a signature explains what is seen
constexpr double kEveryday = 0.3;         // anomaly scores up to this are a matter of course
constexpr double kAtOnce = 1e-6;          // s: no memory

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

std::optional<Degrees> DegreesOfSignal(std::int64_t signal, std::uint32_t instance, const Evaluation& seen) {
  const auto* anomaly = AnomalyOf(seen, signal, instance);
  const double value = signal < 0 ? kMissing : seen.snapshot.At(static_cast<std::uint32_t>(signal), instance);
  const Trend* trend = TrendOf(seen, signal, instance);
  Degrees degrees;
  degrees.gone = IsMissing(value) && trend != nullptr && !IsMissing(trend->Look().level);
  if (degrees.gone) return degrees;
  if (anomaly == nullptr || IsMissing(value) || IsMissing(anomaly->score)) return std::nullopt;
  const double strength = std::clamp((anomaly->score - kEveryday) / (1 - kEveryday), 0.0, 1.0);
  (value > anomaly->expected ? degrees.high : degrees.low) = strength;
  degrees.normal = 1 - strength;
  degrees.value = value;
  degrees.expected = anomaly->expected;
  if (trend != nullptr) {
    const auto outlook = trend->Look();
    degrees.rising = outlook.rising;
    degrees.falling = outlook.falling;
    degrees.slope = outlook.slope;
  }
  return degrees;
}

// How far the level will have come from what is expected (0) towards the limit (1) within the horizon.
double SeverityOf(const Limit& limit, const Trend::Outlook& outlook, double horizon) {
  const double ahead = outlook.level + std::max(outlook.slope * limit.direction, 0.0) * limit.direction * horizon;
  const double way = limit.at - limit.expected;
  if (way * limit.direction <= 0) return 1;  // what is expected is beyond the limit itself
  return std::clamp((ahead - limit.expected) / way, 0.0, 1.0);
}

double ExpectedTime(const Limit& limit, const Trend::Outlook& outlook, double now, double horizon) {
  const double missing = (limit.at - outlook.level) * limit.direction;
  if (missing <= 0 || limit.reached) return now;
  const double speed = outlook.slope * limit.direction;
  return speed > 0 && missing / speed <= horizon ? now + missing / speed : kMissing;
}

}  // namespace

std::optional<Evidence> EvidenceOfSignal(std::uint32_t signal, std::uint32_t instance, const Evaluation& seen) {
  const auto* anomaly = AnomalyOf(seen, signal, instance);
  const double value = seen.snapshot.At(signal, instance);
  if (anomaly == nullptr || IsMissing(value) || IsMissing(anomaly->score)) return std::nullopt;
  return Evidence{signal, value, anomaly->expected, anomaly->score,
                  seen.table[seen.detector_of[signal][instance]].name};
}

void Judge::Prepare(const Evaluation& seen) {
  slots_.clear();
  for (const auto& signal : signature_.signals) slots_.push_back(seen.snapshot.signals->Find(signal));
  observation_.resize(slots_.size());
}

std::vector<Evidence> Judge::EvidenceOf(std::uint32_t instance, const Evaluation& seen) const {
  std::vector<Evidence> evidence;
  std::vector<bool> told(slots_.size());
  for (const auto& symptom : signature_.symptoms) {
    for (const auto& clause : symptom.any) {
      const std::int64_t signal = slots_[clause.signal];
      if (signal < 0 || told[clause.signal]) continue;
      told[clause.signal] = true;
      if (auto one = EvidenceOfSignal(static_cast<std::uint32_t>(signal), instance, seen)) evidence.push_back(*one);
    }
  }
  return evidence;
}

// nullopt where the signal is missing or still warming up.
std::optional<Limit> Judge::LimitOf(const Manifestation& manifestation, std::uint32_t instance,
                                    const Evaluation& seen) const {
  const std::int64_t signal = slots_[manifestation.signal];
  const Trend* trend = TrendOf(seen, signal, instance);
  const auto* anomaly = AnomalyOf(seen, signal, instance);
  if (trend == nullptr || anomaly == nullptr || IsMissing(trend->Look().level) || IsMissing(anomaly->score))
    return std::nullopt;
  const double value = seen.snapshot.At(static_cast<std::uint32_t>(signal), instance);
  Limit limit{trend, knowledge::LimitOf(manifestation, anomaly->expected), manifestation.direction, anomaly->expected};
  limit.reached = (value - limit.at) * limit.direction >= 0;
  limit.manifested = (trend->Look().level - limit.at) * limit.direction >= 0;
  limit.relative = manifestation.factor > 0;
  return limit;
}

// The part of a trend's slopes that gets to a limit is a cautious probability: of recorded faults those with a quarter
// of it came true in half of the cases. What is beyond a multiple of what is normal may be an outlier until it stays.
double Judge::CrossingOf(const Limit& limit) const {
  const double crossing = limit.trend->CrossingProbability(limit.at, signature_.horizon, limit.direction);
  return limit.relative ? kOutlier * crossing : std::sqrt(crossing);
}

// The manifestation that is nearest to come true, of those that are measured. They are ways to the same fault: what is
// probable of one is no less so because another is nearer.
std::optional<Limit> Judge::NearestLimit(std::uint32_t instance, const Evaluation& seen) const {
  std::optional<Limit> nearest;
  double most = 0;
  for (const auto& manifestation : signature_.manifestations) {
    auto limit = LimitOf(manifestation, instance, seen);
    if (!limit) continue;
    limit->crossing = CrossingOf(*limit);
    most = std::max(most, limit->crossing);
    if (!nearest || std::pair(limit->reached, limit->crossing) > std::pair(nearest->reached, nearest->crossing))
      nearest = limit;
  }
  if (nearest) nearest->crossing = most;
  return nearest;
}

// How many ticks in a row the limit has been reached.
void Judge::CountReached(std::uint32_t instance, Limit& limit) {
  if (instance >= reached_.size()) reached_.resize(instance + 1);
  auto& count = reached_[instance];
  count = limit.reached ? static_cast<std::uint8_t>(std::min(count + 1, kSureTicks)) : std::uint8_t{0};
  limit.sure = count >= kSureTicks;
}

std::optional<Prediction> Judge::Of(std::uint32_t instance, const Evaluation& seen, double memory) {
  match_ = 0;
  manifested_ = false;
  auto limit = NearestLimit(instance, seen);
  // The confidence is kept: a missed scrape is no news, and after a gap time outweighs it.
  if (!limit) return std::nullopt;
  for (std::size_t i = 0; i < slots_.size(); ++i) observation_[i] = DegreesOfSignal(slots_[i], instance, seen);
  match_ = knowledge::Match(signature_, observation_);
  CountReached(instance, *limit);
  const bool sure = limit->sure;
  manifested_ = limit->manifested || sure;
  // What has come true needs no symptoms: at their limits they rise no further. A multiple of what is normal may have
  // many causes.
  if (manifested_ && !limit->relative) match_ = 1 - knowledge::Against(signature_, observation_);
  using confidence::Strength;
  const double now = confidence::Combine(sure ? Strength{1, match_, kSure}
                                              : Strength{limit->crossing, match_, signature_.prior_accuracy});
  const auto outlook = limit->trend->Look();
  Prediction prediction;
  prediction.instance = instance;
  prediction.fault = signature_.fault;
  prediction.confidence =
      smoother_.Next(instance, seen.snapshot.time, now, sure && match_ > kMatches ? kAtOnce : memory);
  prediction.severity = sure ? 1 : SeverityOf(*limit, outlook, signature_.horizon);
  prediction.expected_time = ExpectedTime(*limit, outlook, seen.snapshot.time, signature_.horizon);
  prediction.horizon = signature_.horizon;
  prediction.manifested = manifested_;
  if (prediction.confidence >= kShown) prediction.evidence = EvidenceOf(instance, seen);
  return prediction;
}

// One odd signal is an anomaly, not a fault. Two are one, if they are as improbable together as two alarms: scores are
// logarithms of probabilities, and add up (Fisher, 1925).
std::optional<Prediction> UnknownJudge::Of(std::uint32_t instance, const Evaluation& seen, double explained,
                                           double memory) {
  std::vector<Evidence> evidence;
  for (std::uint32_t signal = 0; signal < seen.anomalies.size(); ++signal) {
    const auto* anomaly = AnomalyOf(seen, signal, instance);
    if (anomaly == nullptr || !(anomaly->score >= kOrdinary)) continue;  // nearly all: asked first
    if (auto one = EvidenceOfSignal(signal, instance, seen)) evidence.push_back(*one);
  }
  std::sort(evidence.begin(), evidence.end(), [](const Evidence& a, const Evidence& b) { return a.score > b.score; });
  const bool odd = evidence.size() >= 2 && evidence[0].score + evidence[1].score >= kTwoAlarms;
  const double strength = odd ? (1 - explained) * kUnknownAccuracy : 0;
  const double confidence = smoother_.Next(instance, seen.snapshot.time, strength, memory);
  if (confidence < kShown || evidence.empty()) return std::nullopt;
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
