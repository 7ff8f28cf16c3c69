// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "common/base/result.h"
#include "predictor/confidence/outcome.h"
#include "predictor/detectors/archive.h"
#include "predictor/telemetry/snapshot.h"

namespace forewarn::confidence {

// What is known, beside telemetry, of an instance in one tick.
enum class Standing : std::uint8_t {
  kFree,
  kMitigated,  // a mitigation is in force
  kMasked,     // own experiment or maintenance
  kUnknown,    // it could not be found out: as if the tick had not been seen
};

// One fault on one instance in one tick.
struct Sight {
  std::uint32_t instance = 0;  // slot
  double raw = 0;              // confidence before calibration
  double confidence = 0;       // as published
  bool manifested = false;     // the manifestation's condition holds now
  Standing standing = Standing::kFree;
};

// Of the tick that begins.
struct WatchTerms {
  double time = 0;     // s since the epoch
  double tick = 0;     // s, how far apart ticks are
  double horizon = 0;  // s
  double notify = 1;   // confidence from which on a prediction is an episode
};

struct Resolved {
  enum class Kind : std::uint8_t { kEpisode, kSample };
  Kind kind = Kind::kEpisode;
  Outcome outcome = Outcome::kDropped;
  std::uint32_t instance = 0;
  double opened = 0, decided = 0;  // s since the epoch; equal for what was detected rather than foretold
  double raw = 0, confidence = 0;  // when opened
};

// Watches what comes of the predictions of one fault, through two kinds of windows, both one horizon long (two ticks at
// least, since nothing shorter can be observed):
// - An *episode* opens when the confidence is at the notify threshold. It is one episode until its outcome is known; a
//   prediction that is still at the threshold when its window is over begins another. What manifests in the tick of its
//   prediction, or in the one before (an abrupt fault), is a hit without lead.
// - A *sample* is a pair for calibration: the confidence at instants one horizon apart, from a phase that depends on
// the
//   instance alone and never on the values (whoever sampled when a confidence rises would find it right too often), if
//   it or what it is before calibration is then above 0.05 (both, so that what calibration has brought down is still
//   seen), and the fault is not manifest. Windows of samples do not overlap.
// A manifestation begins once: it is over when its condition has not held for half a horizon. One that was there when
// the instance was first seen, or seen again, or that begins under a mitigation, has no beginning that could be missed.
// A mitigation censors what is open, what it finds decided less than a tick ago (it is seen with the delay of a
// scrape), and what opens while it is in force, once.
class Watcher {
 public:
  static constexpr double kSampleFloor = 0.05;

  void Begin(const WatchTerms& terms);
  // Whether the manifestation, once begun, is not over.
  bool Manifesting(std::uint32_t instance) const;
  void See(const Sight& sight);
  // The end of the tick: what is settled.
  std::vector<Resolved> End();

  // By slot. What is not settled yet is not saved.
  void Save(detectors::Archive& archive) const;
  base::Result<void> Restore(detectors::Archive& archive);

 private:
  enum class Presence : std::uint8_t { kUnknown, kAbsent, kPresent };
  struct Window {
    double opened = telemetry::kMissing;  // kMissing: closed
    float raw = 0, confidence = 0;
  };
  struct State {
    double seen = telemetry::kMissing;    // s since the epoch; likewise the others
    double held = telemetry::kMissing;    // when the condition last held
    double untold = telemetry::kMissing;  // when a manifestation began that nothing has foretold yet
    double next_sample = telemetry::kMissing;
    Window episode, sample;
    Presence presence = Presence::kUnknown;
    bool mitigated = false;  // in the tick before
    bool counted = false;    // an episode under the mitigation in force
  };
  using Kind = Resolved::Kind;

  double Horizon() const;
  bool IsGap(const State& state) const;
  State& StateOf(std::uint32_t instance);
  void Lose(std::uint32_t instance, State& state);
  bool Begins(State& state, const Sight& sight) const;
  void Close(Kind kind, std::uint32_t instance, Window& window, Outcome outcome);
  void CloseAll(std::uint32_t instance, State& state, Outcome outcome);
  void CensorSettling(std::uint32_t instance, State& state);
  void Censor(const Sight& sight, State& state);
  bool Resolve(std::uint32_t instance, State& state, double began);
  void ResolveUntold(const Sight& sight, State& state);
  void Open(const Sight& sight, Window& window) const;
  void OpenEpisode(const Sight& sight, State& state) const;
  void OpenSample(const Sight& sight, State& state) const;

  WatchTerms terms_;
  std::vector<State> states_;
  std::deque<Resolved> settling_;  // by the time of decision
};

}  // namespace forewarn::confidence
