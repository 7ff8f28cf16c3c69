// SPDX-License-Identifier: Apache-2.0
#include "predictor/detectors/trend.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <utility>

namespace forewarn::detectors {
namespace {

constexpr std::size_t kEnough = 8;                      // buckets
constexpr std::size_t kLeastRun = 2, kLeastBefore = 5;  // steps of a run, and before it
constexpr float kFast = 4;                              // times the usual step: what a run's are at least
constexpr float kNoise = 2;                             // times the usual step: what its first one is at least
constexpr float kEven = 0.2;   // of the mean step, the newest at least: a jump that is over is no run
constexpr double kSlower = 3;  // times slower than its pace a trend may be in its newest values, since they are noisy
constexpr double kStopped = 0.2;       // of its probability is left to a trend that has stopped
constexpr double kMemoryWindows = 15;  // of the usual slopes, windows
constexpr double kUnusual = 4;         // times the usual slope against it: what a trend must exceed
constexpr std::uint16_t kMany = 60000;
constexpr float kNone = std::numeric_limits<float>::quiet_NaN(), kEndless = std::numeric_limits<float>::infinity();

std::uint16_t Pack(float value) {
  return static_cast<std::uint16_t>((std::bit_cast<std::uint32_t>(value) + 0x8000u) >> 16);
}
float Unpack(std::uint16_t packed) { return std::bit_cast<float>(static_cast<std::uint32_t>(packed) << 16); }

// Batcher's odd-even merge sort (1968) of eight: no branches.
void Sort(std::array<float, 8>& values) {
  static constexpr std::pair<int, int> kSteps[] = {{0, 1}, {2, 3}, {4, 5}, {6, 7}, {0, 2}, {1, 3}, {4, 6},
                                                   {5, 7}, {1, 2}, {5, 6}, {0, 4}, {1, 5}, {2, 6}, {3, 7},
                                                   {2, 4}, {3, 5}, {1, 2}, {3, 4}, {5, 6}};
  for (const auto& [a, b] : kSteps) {
    const float low = std::min(values[a], values[b]), high = std::max(values[a], values[b]);
    values[a] = low, values[b] = high;
  }
}

}  // namespace

void Trend::Learn(double time, double value, double window) {
  if (!std::isfinite(value)) return;
  const double span = window / kBuckets;
  if (filled_ > 0 && time - opened_ - mean_ > 4 * span + 1e-9 && time - opened_ > 5 * span) {
    filled_ = 0;  // what is usual stays known
  }
  if (filled_ == 0) {
    Open(time, value);
  } else if (time - opened_ >= span - 1e-6) {
    Remember(time - opened_, window);
    Open(time, value);
  } else {
    if (in_newest_ < kMany) ++in_newest_;
    const auto values = static_cast<float>(in_newest_);
    mean_ += (static_cast<float>(time - opened_) - mean_) / values;
    values_[0] += (static_cast<float>(value) - values_[0]) / values;
  }
  seen_ = kStale;
}

void Trend::Open(double time, double value) {
  std::copy_backward(values_.begin(), values_.end() - 1, values_.end());
  std::copy_backward(steps_.begin(), steps_.end() - 1, steps_.end());
  steps_[1] = Pack(Unpack(steps_[1]) + mean_);
  steps_[0] = Pack(static_cast<float>(time - opened_) - mean_);
  filled_ = static_cast<std::uint8_t>(std::min<std::size_t>(filled_ + 1u, kBuckets));
  opened_ = time;
  in_newest_ = 1;
  mean_ = 0;
  values_[0] = static_cast<float>(value);
}

void Trend::Remember(double elapsed, double window) {
  if (filled_ < kEnough) return;
  const auto rate = static_cast<float>(elapsed / (kMemoryWindows * window + elapsed));
  const float slope = seen_ == kPlain ? slope_ : Slope(Ages());
  usual_rise_ += rate * (std::max(slope, 0.0f) - usual_rise_);
  usual_fall_ += rate * (std::max(-slope, 0.0f) - usual_fall_);
}

// How long before the newest bucket each one was, in s.
Trend::Newest Trend::Ages() const {
  Newest ages;
  ages[0] = 0;
  ages[1] = Unpack(steps_[0]) + mean_;
  for (std::size_t i = 2; i < kBuckets; ++i) ages[i] = ages[i - 1] + Unpack(steps_[i - 1]);
  return ages;
}

// The median of the slopes from each bucket of the older half to its like in the newer one.
float Trend::Slope(const Newest& ages) const {
  const std::size_t half = filled_ / 2u;
  std::array<float, kBuckets / 2> slopes;
  for (std::size_t i = 0; i < slopes.size(); ++i) {
    slopes[i] = (values_[i] - values_[i + half]) / (ages[i + half] - ages[i]);
  }
  for (std::size_t i = half; i < slopes.size(); ++i) slopes[i] = i % 2 == 0 ? kEndless : -kEndless;
  Sort(slopes);
  return slopes[slopes.size() / 2];
}

// Steps in one direction, less those at their beginning that were noise before it. A rate over a window makes several
// steps of one jump, so that the newest one tells whether it still goes on.
Trend::Run Trend::NewestRun() const {
  const float side = values_[0] > values_[1] ? 1 : -1;
  std::size_t steps = 0;
  while (steps + 1 < filled_ && (values_[steps] - values_[steps + 1]) * side > 0) ++steps;
  if (steps < kLeastRun || filled_ < steps + 1 + kLeastBefore) return {};
  float usual = 0;
  for (std::size_t i = steps; i + 1 < filled_; ++i) usual += std::abs(values_[i] - values_[i + 1]);
  usual /= static_cast<float>(filled_ - 1u - steps);
  while (steps > 0 && (values_[steps - 1] - values_[steps]) * side < kNoise * usual) --steps;
  if (steps < kLeastRun) return {};
  const float rise = values_[0] - values_[steps], mean = rise * side / static_cast<float>(steps);
  const float newest = (values_[0] - values_[1]) * side;
  if (mean < kFast * usual || newest < kEven * mean) return {};
  return {rise, rise / Ages()[steps]};
}

// The values less a ramp, with the newest one as their zero.
Trend::Line Trend::Flattened(const Newest& ages, double slope) const {
  Line line;
  const auto per_second = static_cast<float>(slope);
  for (std::size_t i = 0; i < kBuckets; ++i) line[i] = values_[i] - values_[0] + per_second * ages[i];
  std::fill(line.begin() + filled_, line.end(), kNone);
  return line;
}

// As many as the compiler knows of: it then compares several at once.
template <std::size_t kLater>
void Trend::CompareAt(std::size_t distance, const Line& line, Ends& ends) {
  for (std::size_t later = 0; later < kLater; ++later) {
    ends.up += line[later] > line[later + distance] ? 1 : 0;
    ends.down += line[later] < line[later + distance] ? 1 : 0;
  }
}

Trend::Ends Trend::Compare(const Line& line) {
  Ends ends;
  for (std::size_t distance = kMinDistance; distance < 8; ++distance) CompareAt<kBuckets - 4>(distance, line, ends);
  for (std::size_t distance = 8; distance < 12; ++distance) CompareAt<kBuckets - 8>(distance, line, ends);
  for (std::size_t distance = 12; distance < kBuckets; ++distance) CompareAt<kBuckets - 12>(distance, line, ends);
  return ends;
}

double Trend::PairsOf(std::size_t buckets) {
  return static_cast<double>((buckets - kMinDistance) * (buckets - kMinDistance + 1)) / 2;
}

Trend::Outlook Trend::Look() const {
  if (filled_ < kEnough) return {};
  if (seen_ < kPlain) WorkOut();
  // The level is the mean of the newest buckets, so that one value does not decide.
  return {(values_[0] + values_[1]) / 2, slope_, std::max(surely_, 0.0f), std::max(-surely_, 0.0f)};
}

void Trend::WorkOut() const {
  const Run run = NewestRun();
  seen_ = run.rise != 0 ? kRuns : kPlain;
  if (seen_ == kRuns) {
    slope_ = run.pace;
    surely_ = run.rise > 0 ? 1 : -1;
    return;
  }
  const Newest ages = Ages();
  const Ends ends = Compare(Flattened(ages, 0));
  // Half of the slopes up is no evidence, all of them is.
  const auto surely = [&](int count) { return std::max(2 * static_cast<float>(count / PairsOf(filled_)) - 1, 0.0f); };
  slope_ = Slope(ages);
  surely_ = surely(ends.up) - surely(ends.down);
}

// How far the newest values still go at `pace` (per s), kStopped to 1: the slopes of a jump stay in the window for a
// while.
double Trend::Going(const Newest& ages, double pace) const {
  const float rise = values_[0] + values_[1] - values_[2] - values_[3];
  const float seconds = ages[2] + ages[3] - ages[1];
  return std::clamp(kSlower * rise / (pace * seconds), kStopped, 1.0);
}

// By the slopes of the window. `missing`: from the level to the limit, above 0.
double Trend::Lasting(double missing, double horizon, double above) const {
  const double pace = Look().slope * above;
  if (pace <= 0) return 0;
  const double needed = missing / horizon + kUnusual * (above > 0 ? usual_fall_ : usual_rise_);
  const Newest ages = Ages();
  // A slope is steep enough where the later end is the higher one, too, of what is left without the needed slope.
  Line left = Flattened(ages, needed * above);
  const auto enough = [&](std::size_t buckets) {
    std::fill(left.begin() + static_cast<std::ptrdiff_t>(buckets), left.end(), kNone);
    const Ends ends = Compare(left);
    return (above > 0 ? ends.up : ends.down) / PairsOf(buckets);
  };
  const double whole = enough(filled_);
  if (whole == 0) return 0;
  const double span = ages[filled_ - 1u];
  // A step that is over, or a ramp that has ended, still has most of the window's slopes; the newest half has none.
  return whole * std::min(2 * enough(kEnough), 1.0) * Going(ages, pace * above) *
         std::min(2 * span / (span + missing / pace), 1.0);
}

// By the newest run, of which it is not known yet whether it lasts. After Look.
double Trend::Begun(double limit, double horizon, double above) const {
  if (seen_ != kRuns) return 0;
  const Run run = NewestRun();
  const double ahead = std::max((limit - values_[0]) * above, 0.0), rise = run.rise * above;
  return rise > 0 && run.pace * above * horizon >= ahead ? rise / (rise + ahead) : 0;
}

double Trend::CrossingProbability(double limit, double horizon, double above) const {
  if (filled_ < kEnough) return telemetry::kMissing;
  const double missing = (limit - Look().level) * above;
  return missing <= 0 ? 1 : std::max(Lasting(missing, horizon, above), Begun(limit, horizon, above));
}

}  // namespace forewarn::detectors
