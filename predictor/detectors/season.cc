// SPDX-License-Identifier: Apache-2.0
#include "predictor/detectors/season.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace forewarn::detectors {
namespace {

constexpr double kHour = 3600, kDay = 24 * kHour;
constexpr double kProof = 0.5;       // of the residuals around the level are the most that a proven season leaves
constexpr double kNewPeriod = 0.25;  // the weight of a day, or a week, against those before it
constexpr double kFar = 3.75;        // scales; an hour further off pulls no harder
constexpr double kFarResidual = 5;   // scales
constexpr std::uint16_t kMany = 60000;

std::uint16_t Pack(double value) {
  const auto bits = std::bit_cast<std::uint32_t>(static_cast<float>(value));
  return static_cast<std::uint16_t>((bits + 0x8000u) >> 16);
}

double HourOf(double time, int days) {
  const double period = days * kDay, seconds = std::fmod(time, period);
  return (seconds < 0 ? seconds + period : seconds) / kHour;
}

float Toward(float mean, double value, double rate) { return static_cast<float>(mean + rate * (value - mean)); }

}  // namespace

template <int kDays>
double Season<kDays>::Bucket(int bucket) const {
  return std::bit_cast<float>(static_cast<std::uint32_t>(profile_[bucket]) << 16);
}

template <int kDays>
bool Season<kDays>::Proven() const {
  return periods_ >= 3 && residual_ < kProof * around_level_;
}

template <int kDays>
double Season<kDays>::Expected(double time, double tick) const {
  const double hour = HourOf(time, kDays);
  const int bucket = std::min(static_cast<int>(hour), kBuckets - 1);
  if (2 * tick > kHour) return base_ + Bucket(bucket);
  const double off = hour - bucket - 0.5;  // from the middle of the hour
  const int other = (bucket + (off > 0 ? 1 : kBuckets - 1)) % kBuckets;
  return base_ + Bucket(bucket) * (1 - std::abs(off)) + Bucket(other) * std::abs(off);
}

template <int kDays>
void Season<kDays>::Learn(const SeasonLesson& lesson) {
  if (lesson.tick > kLongestTick) return;
  if (Known()) LearnScales(lesson);
  const int hour = std::min(static_cast<int>(HourOf(lesson.time, kDays)), kBuckets - 1);
  if (hour_ < 0) base_ = static_cast<float>(lesson.value);
  if (hour != hour_) Close(lesson.floor);
  hour_ = static_cast<std::int16_t>(hour);
  if (in_hour_ == kMany) return;
  sum_ += static_cast<float>(lesson.value - base_);
  ++in_hour_;
}

template <int kDays>
void Season<kDays>::LearnScales(const SeasonLesson& lesson) {
  if (compared_ < kMany) ++compared_;
  const double residual = lesson.value - Expected(lesson.time, lesson.tick);
  const double slow = std::max(1.0 / compared_, lesson.slow), fast = std::max(1.0 / compared_, lesson.fast);
  const auto bounded = [&](double value, double scale) {
    return compared_ <= kBuckets ? value : std::min(value, kFarResidual * std::max(scale, lesson.floor));
  };
  residual_ = Toward(residual_, bounded(std::abs(residual), residual_), slow);
  around_level_ = Toward(around_level_, lesson.around_level, slow);
  drift_ = Toward(drift_, residual, fast);
  drift_scale_ = Toward(drift_scale_, bounded(std::abs(drift_), drift_scale_), slow);
}

// The hour that has ended goes into the profile: of the first three periods as a mean, of later ones bounded.
template <int kDays>
void Season<kDays>::Close(double floor) {
  if (in_hour_ > 0) {
    const double old = Bucket(hour_);
    double change = sum_ / in_hour_ - old;
    if (periods_ >= 3) {
      const double far = kFar * std::max(static_cast<double>(residual_), floor);
      change = std::clamp(change, -far, far);
    }
    profile_[hour_] = Pack(old + std::max(1.0 / (periods_ + 1), kNewPeriod) * change);
    if (++closed_ == kBuckets) {
      closed_ = 0;
      periods_ = static_cast<std::uint8_t>(std::min(periods_ + 1, 255));
    }
  }
  sum_ = 0;
  in_hour_ = 0;
}

template class Season<1>;
template class Season<7>;

}  // namespace forewarn::detectors
