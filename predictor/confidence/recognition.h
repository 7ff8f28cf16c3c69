// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "common/base/result.h"
#include "predictor/confidence/belief.h"
#include "predictor/detectors/archive.h"
#include "predictor/telemetry/snapshot.h"

namespace forewarn::confidence {

// What one tick says of an instance under an injection.
enum class Explained : std::uint8_t {
  kUnjudged,  // the injected fault cannot be judged there now: its signals are missing
  kNothing,   // no signature matches
  kRight,     // the injected fault's matches best
  kWrong,     // another one does
};

// Whether injections of one fault are recognised. An injection has a known type, and so says for free whether the
// signature knows its fault when it is there.
//
// An injection is watched from the first tick that shows it until one that doesn't, or for the signature's horizon, and
// is then counted, once: as recognised where the signature matched best in more ticks than all others together, so
// that neither the ticks before it shows nor those in which a mitigation relieves it speak against it. Nothing is
// counted where the fault could be judged in fewer than kJudged ticks.
//
// It is kWeight of an outcome of a real prediction: it is milder than the fault by its severity ladder, so that it may
// stay below what the signature asks for, and it shows that the pattern is known, not that the fault comes within the
// horizon. The newest kMemory of them are remembered and fade by half in kHalfLife, as outcomes do: however many are
// injected, they are never worth more than kWeight · kMemory = 10 outcomes, half as many as the prior accuracy.
class Recognition {
 public:
  static constexpr std::uint32_t kJudged = 2;        // ticks
  static constexpr double kWeight = 0.25;            // outcomes
  static constexpr double kMemory = 40;              // injections
  static constexpr double kHalfLife = 30 * 86400.0;  // s

  void Begin(double time, double horizon);  // s since the epoch; s
  // An injection is in force on the instance, or has been so lately that it still shows.
  void See(std::uint32_t instance, Explained explained);
  void End();  // what is not seen in this tick is over

  std::uint64_t recognised() const { return counts_[1]; }
  std::uint64_t unrecognised() const { return counts_[0]; }
  Worth Known() const { return {kWeight * right_, kWeight * wrong_}; }
  // The signature is another one: what is counted stays, and says nothing of it.
  void Forget() { right_ = wrong_ = 0; }

  void Save(detectors::Archive& archive) const;
  base::Result<void> Restore(detectors::Archive& archive);

 private:
  struct State {
    double began = telemetry::kMissing, seen = telemetry::kMissing;  // s since the epoch; kMissing: there is none
    std::uint32_t judged = 0, right = 0, wrong = 0;                  // ticks
    std::uint32_t counted = 0;                                       // 0 or 1
  };
  void Count(State& state);
  void Fade();

  double time_ = 0, horizon_ = 0, faded_ = 0;
  std::array<std::uint64_t, 2> counts_{};  // by whether they were recognised
  double right_ = 0, wrong_ = 0;           // the same, faded
  std::vector<State> states_;              // by instance
  std::size_t open_ = 0;                   // of them with an injection
};

}  // namespace forewarn::confidence
