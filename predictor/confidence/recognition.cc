// SPDX-License-Identifier: Apache-2.0
#include "predictor/confidence/recognition.h"

#include <algorithm>
#include <cmath>

namespace forewarn::confidence {
namespace {

using telemetry::IsMissing;

constexpr double kFadeEvery = 3600;  // s

}  // namespace

void Recognition::Begin(double time, double horizon) {
  time_ = time;
  horizon_ = horizon;
}

void Recognition::See(std::uint32_t instance, Explained explained) {
  if (instance >= states_.size()) states_.resize(instance + 1);
  State& state = states_[instance];
  const bool another = time_ - state.seen > horizon_;  // what was seen so long ago has ended unseen
  if (another) Count(state);
  if (another || IsMissing(state.began)) {
    if (IsMissing(state.began)) ++open_;
    state = {.began = time_};
  }
  state.seen = time_;
  state.judged += explained == Explained::kUnjudged ? 0 : 1;
  state.right += explained == Explained::kRight ? 1 : 0;
  state.wrong += explained == Explained::kWrong ? 1 : 0;
  if (time_ - state.began >= horizon_) Count(state);
}

void Recognition::Count(State& state) {
  if (state.counted == 0 && state.judged >= kJudged) {
    const bool recognised = state.right > state.wrong;
    ++counts_[recognised ? 1 : 0];
    const double keep = std::min(1.0, (kMemory - 1) / (right_ + wrong_));
    right_ = right_ * keep + (recognised ? 1 : 0);
    wrong_ = wrong_ * keep + (recognised ? 0 : 1);
  }
  state.counted = 1;
}

void Recognition::Fade() {
  if (time_ - faded_ < kFadeEvery) return;
  const double factor = faded_ > 0 ? std::exp2(-(time_ - faded_) / kHalfLife) : 1;
  right_ *= factor;
  wrong_ *= factor;
  faded_ = time_;
}

void Recognition::End() {
  Fade();
  if (open_ == 0) return;
  for (State& state : states_) {
    if (IsMissing(state.began) || state.seen == time_) continue;
    Count(state);
    state = {};
    --open_;
  }
}

void Recognition::Save(detectors::Archive& archive) const {
  archive.Put(faded_);
  archive.Put(counts_);
  archive.Put(right_);
  archive.Put(wrong_);
  archive.PutInstances(states_);
}

base::Result<void> Recognition::Restore(detectors::Archive& archive) {
  return detectors::TakeWhole(*this, [&](Recognition& fresh) {
    auto taken = archive.Take(fresh.faded_);
    if (taken) taken = archive.Take(fresh.counts_);
    if (taken) taken = archive.Take(fresh.right_);
    if (taken) taken = archive.Take(fresh.wrong_);
    if (taken) taken = archive.TakeInstances(fresh.states_);
    fresh.open_ = static_cast<std::size_t>(std::count_if(fresh.states_.begin(), fresh.states_.end(),
                                                         [](const State& state) { return !IsMissing(state.began); }));
    return taken;
  });
}

}  // namespace forewarn::confidence
