// SPDX-License-Identifier: Apache-2.0
#include "predictor/confidence/watcher.h"

#include <algorithm>
#include <cmath>
#include <iterator>

namespace forewarn::confidence {
namespace {

using telemetry::IsMissing;
using telemetry::kMissing;

constexpr std::uint32_t kVersion = 1;
constexpr double kHorizonTicks = 2, kGapTicks = 5;
constexpr double kOver = 0.5;  // horizons without its condition: a manifestation is over

// Spreads instances evenly over a horizon, however many there are.
double PhaseOf(std::uint32_t instance) {
  const double turns = instance * 0.6180339887498949;
  return turns - std::floor(turns);
}

}  // namespace

void Watcher::Begin(const WatchTerms& terms) { terms_ = terms; }

double Watcher::Horizon() const { return std::max(terms_.horizon, kHorizonTicks * terms_.tick); }

bool Watcher::IsGap(const State& state) const {
  return terms_.tick > 0 && terms_.time - state.seen > kGapTicks * terms_.tick;
}

bool Watcher::Manifesting(std::uint32_t instance) const {
  return instance < states_.size() && states_[instance].presence == Presence::kPresent;
}

Watcher::State& Watcher::StateOf(std::uint32_t instance) {
  if (instance >= states_.size()) states_.resize(instance + 1);
  State& state = states_[instance];
  if (IsMissing(state.next_sample)) state.next_sample = terms_.time + PhaseOf(instance) * Horizon();
  return state;
}

void Watcher::See(const Sight& sight) {
  if (sight.standing == Standing::kUnknown) return;
  State& state = StateOf(sight.instance);
  const bool masked = sight.standing == Standing::kMasked;
  if (masked || IsGap(state)) Lose(sight.instance, state);
  state.seen = terms_.time;
  if (masked) return;
  const double began = Begins(state, sight) ? terms_.time : kMissing;
  if (sight.standing == Standing::kMitigated) return Censor(sight, state);
  state.mitigated = state.counted = false;
  if (!Resolve(sight.instance, state, began) && !IsMissing(began)) state.untold = began;
  ResolveUntold(sight, state);
  OpenEpisode(sight, state);
  OpenSample(sight, state);
}

// What was open can't be known, and what is there when it is seen again has no beginning.
void Watcher::Lose(std::uint32_t instance, State& state) {
  CloseAll(instance, state, Outcome::kDropped);
  state.untold = kMissing;
  state.presence = Presence::kUnknown;
  state.mitigated = state.counted = false;
}

bool Watcher::Begins(State& state, const Sight& sight) const {
  const Presence before = state.presence;
  if (sight.manifested) {
    state.held = terms_.time;
    state.presence = Presence::kPresent;
    return before == Presence::kAbsent;
  }
  if (before != Presence::kPresent || terms_.time - state.held > kOver * Horizon()) state.presence = Presence::kAbsent;
  return false;
}

void Watcher::Close(Kind kind, std::uint32_t instance, Window& window, Outcome outcome) {
  if (IsMissing(window.opened)) return;
  settling_.push_back({kind, outcome, instance, window.opened, terms_.time, window.raw, window.confidence});
  window = {};
}

void Watcher::CloseAll(std::uint32_t instance, State& state, Outcome outcome) {
  Close(Kind::kEpisode, instance, state.episode, outcome);
  Close(Kind::kSample, instance, state.sample, outcome);
}

// What is not settled yet may have been touched by the mitigation before it was seen.
void Watcher::CensorSettling(std::uint32_t instance, State& state) {
  std::erase_if(settling_, [&](const Resolved& resolved) {
    return resolved.instance == instance && resolved.outcome == Outcome::kMissed;
  });
  for (Resolved& resolved : settling_) {
    if (resolved.instance != instance) continue;
    resolved.outcome = Outcome::kMitigated;
    if (resolved.kind == Kind::kEpisode) state.counted = true;
  }
}

void Watcher::Censor(const Sight& sight, State& state) {
  if (!state.mitigated) CensorSettling(sight.instance, state);
  state.mitigated = true;
  state.untold = kMissing;
  if (!state.counted) OpenEpisode(sight, state);
  OpenSample(sight, state);
  if (!IsMissing(state.episode.opened)) state.counted = true;
  CloseAll(sight.instance, state, Outcome::kMitigated);
}

// Whether the manifestation that began at `began` (kMissing: none) was foretold by an episode.
bool Watcher::Resolve(std::uint32_t instance, State& state, double began) {
  const auto in_time = [&](const Window& window) { return began <= window.opened + Horizon() + terms_.tick / 2; };
  const bool foretold = in_time(state.episode);
  const auto resolve = [&](Kind kind, Window& window) {
    if (in_time(window)) {
      Close(kind, instance, window, Outcome::kHit);
    } else if (terms_.time >= window.opened + Horizon()) {
      Close(kind, instance, window, Outcome::kFalseAlarm);
    }
  };
  resolve(Kind::kEpisode, state.episode);
  resolve(Kind::kSample, state.sample);
  return foretold;
}

void Watcher::ResolveUntold(const Sight& sight, State& state) {
  if (IsMissing(state.untold)) return;
  Window at_once;
  Open(sight, at_once);
  if (sight.confidence >= terms_.notify) {
    Close(Kind::kEpisode, sight.instance, at_once, Outcome::kHit);
  } else if (terms_.time > state.untold) {
    Close(Kind::kEpisode, sight.instance, at_once, Outcome::kMissed);
  } else {
    return;
  }
  state.untold = kMissing;
}

void Watcher::Open(const Sight& sight, Window& window) const {
  if (!IsMissing(window.opened)) return;
  window = {terms_.time, static_cast<float>(sight.raw), static_cast<float>(sight.confidence)};
}

void Watcher::OpenEpisode(const Sight& sight, State& state) const {
  if (state.presence == Presence::kAbsent && sight.confidence >= terms_.notify) Open(sight, state.episode);
}

// The instants come whether or not there is something to sample.
void Watcher::OpenSample(const Sight& sight, State& state) const {
  if (terms_.time < state.next_sample) return;
  state.next_sample = terms_.time + Horizon();
  if (state.presence == Presence::kAbsent && std::max(sight.raw, sight.confidence) > kSampleFloor) {
    Open(sight, state.sample);
  }
}

std::vector<Resolved> Watcher::End() {
  for (std::uint32_t i = 0; i < states_.size(); ++i) {
    if (IsGap(states_[i])) Lose(i, states_[i]);
  }
  const auto settled = [&](const Resolved& resolved) { return terms_.time - resolved.decided > terms_.tick / 2; };
  std::vector<Resolved> done;
  std::copy_if(settling_.begin(), settling_.end(), std::back_inserter(done), settled);
  std::erase_if(settling_, settled);
  return done;
}

void Watcher::Save(detectors::Archive& archive) const {
  archive.Put(kVersion);
  archive.PutInstances(states_);
}

base::Result<void> Watcher::Restore(detectors::Archive& archive) {
  *this = Watcher();
  std::uint32_t version = 0;
  if (auto taken = archive.Take(version); !taken) return taken;
  if (version != kVersion) return base::Error{base::ErrorCode::kInvalid, "the saved scores are of another version"};
  return archive.TakeInstances(states_);
}

}  // namespace forewarn::confidence
