// SPDX-License-Identifier: Apache-2.0
#include "predictor/detectors/trend.h"

#include <algorithm>
#include <cmath>

namespace forewarn::detectors {
namespace {

constexpr std::size_t kEnough = 8;       // buckets
constexpr std::size_t kMinDistance = 4;  // buckets between the ends of a slope: nearer ones are mostly noise
constexpr std::size_t kLeastRun = 2, kLeastBefore = 5;  // steps of a run, and before it
constexpr double kFast = 4;                             // times the usual step: what a run's are at least
constexpr double kMemoryWindows = 15;                   // of the usual slopes, windows
constexpr double kUnusual = 4;                          // times the usual slope against it: what a trend must exceed

}  // namespace

void Trend::Learn(double time, double value, double window) {
  if (!std::isfinite(value)) return;
  const double span = window / kBuckets;
  if (filled_ > 0 && time - BucketTime(0) > 4 * span + 1e-9 && time - opened_ > 5 * span) {
    filled_ = 0;  // what is usual stays known
  }
  if (filled_ == 0) {
    Open(time, value);
  } else if (time - opened_ >= span - 1e-6) {
    Remember(time - opened_, window);
    Open(time, value);
  } else {
    in_newest_ += 1;
    times_[newest_] += (time - times_[newest_]) / in_newest_;
    values_[newest_] += (static_cast<float>(value) - values_[newest_]) / in_newest_;
  }
  outlook_ = Evaluate();
}

void Trend::Open(double time, double value) {
  newest_ = static_cast<std::uint8_t>((newest_ + 1) % kBuckets);
  filled_ = static_cast<std::uint8_t>(std::min<std::size_t>(filled_ + 1, kBuckets));
  opened_ = time;
  in_newest_ = 1;
  times_[newest_] = time;
  values_[newest_] = static_cast<float>(value);
}

void Trend::Remember(double elapsed, double window) {
  if (telemetry::IsMissing(outlook_.level)) return;
  const auto rate = static_cast<float>(1 - std::exp(-elapsed / (kMemoryWindows * window)));
  const auto slope = static_cast<float>(outlook_.slope);
  usual_rise_ += rate * (std::max(slope, 0.0f) - usual_rise_);
  usual_fall_ += rate * (std::max(-slope, 0.0f) - usual_fall_);
}

Trend::Slopes Trend::SlopesOfNewest(std::size_t buckets) const {
  Slopes slopes;
  for (std::size_t later = 0; later + kMinDistance < buckets; ++later) {
    for (std::size_t earlier = later + kMinDistance; earlier < buckets; ++earlier) {
      slopes.of[slopes.count++] =
          (BucketValue(later) - BucketValue(earlier)) / (BucketTime(later) - BucketTime(earlier));
    }
  }
  return slopes;
}

Trend::Run Trend::NewestRun() const {
  const double side = BucketValue(0) > BucketValue(1) ? 1 : -1;
  std::size_t steps = 0;
  while (steps + 1 < filled_ && (BucketValue(steps) - BucketValue(steps + 1)) * side > 0) ++steps;
  if (steps < kLeastRun || filled_ < steps + 1 + kLeastBefore) return {};
  double usual = 0;
  for (std::size_t age = steps; age + 1 < filled_; ++age) usual += std::abs(BucketValue(age) - BucketValue(age + 1));
  usual /= static_cast<double>(filled_ - 1 - steps);
  const double rise = BucketValue(0) - BucketValue(steps);
  if (std::abs(rise) < kFast * usual * static_cast<double>(steps)) return {};
  return {rise, rise / (BucketTime(0) - BucketTime(steps))};
}

// The mean of the newest buckets, so that one value does not decide.
double Trend::Level() const { return (BucketValue(0) + BucketValue(1)) / 2; }

Trend::Outlook Trend::Evaluate() const {
  if (filled_ < kEnough) return {};
  Slopes slopes = SlopesOfNewest(filled_);
  const auto begin = slopes.of.begin(), end = begin + static_cast<std::ptrdiff_t>(slopes.count);
  const auto positive = static_cast<double>(std::count_if(begin, end, [](double slope) { return slope > 0; }));
  const auto negative = static_cast<double>(std::count_if(begin, end, [](double slope) { return slope < 0; }));
  const auto median = begin + static_cast<std::ptrdiff_t>(slopes.count / 2);
  std::nth_element(begin, median, end);
  const auto count = static_cast<double>(slopes.count);
  // Half of the slopes up is no evidence, all of them is.
  Outlook outlook{Level(), *median, std::clamp(2 * positive / count - 1, 0.0, 1.0),
                  std::clamp(2 * negative / count - 1, 0.0, 1.0)};
  const Run run = NewestRun();
  if (run.rise == 0) return outlook;
  outlook.slope = run.pace;
  outlook.rising = run.rise > 0 ? 1 : 0;
  outlook.falling = 1 - outlook.rising;
  return outlook;
}

double Trend::CrossingProbability(double limit, double horizon, double above) const {
  if (filled_ < kEnough) return telemetry::kMissing;
  const double missing = (limit - Level()) * above;
  if (missing <= 0) return 1;
  const double needed = missing / horizon + kUnusual * (above > 0 ? usual_fall_ : usual_rise_);
  const auto part = [&](std::size_t buckets) {
    const Slopes slopes = SlopesOfNewest(buckets);
    const auto enough = std::count_if(slopes.of.begin(), slopes.of.begin() + static_cast<std::ptrdiff_t>(slopes.count),
                                      [&](double slope) { return slope * above >= needed; });
    return static_cast<double>(enough) / static_cast<double>(slopes.count);
  };
  const double whole = part(filled_);
  // A step that is over, or a ramp that has ended, still has most of the window's slopes; the newest half has none.
  double lasting = whole == 0 ? 0 : whole * std::min(2 * part(kEnough), 1.0);
  if (lasting > 0) {
    const double span = BucketTime(0) - BucketTime(filled_ - 1), pace = Look().slope * above;
    lasting *= pace > 0 ? std::min(2 * span / (span + missing / pace), 1.0) : 0;
  }
  // What has gone on for a while goes on as long again in one of two cases (Gott, Nature 363, 1993).
  const Run run = NewestRun();
  const double ahead = (limit - BucketValue(0)) * above, rise = run.rise * above;
  const double begun = rise > 0 && run.pace * above * horizon >= ahead ? rise / (rise + std::max(ahead, 0.0)) : 0;
  return std::max(lasting, begun);
}

}  // namespace forewarn::detectors
