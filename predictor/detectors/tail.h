// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

namespace forewarn::detectors {

// How rare it is for a statistic to be so far out to one side, learned from its own past: counts per octave, of which
// the bulk may saturate since only the tail is asked for. Within what was seen the empirical probability, beyond it a
// power law with Hill's exponent (Hill, 1975), so that heavy and light tails need no choice of ours.
struct Tail {
  static constexpr int kOctaves = 11;        // from a half to a thousand scales
  static constexpr double kCapacity = 4000;  // values, after which half are forgotten
  std::array<std::uint8_t, kOctaves> counts{};

  // P(a value is at least `z` out), never 0; `z` in scales, more than 0. `total`: values seen, of either side.
  double Probability(double z, double total) const;
  double Surprise(double z, double total) const;  // -ln of it, in nats
  void Add(double z);
  void Halve();

 private:
  double Modelled(double place, double total) const;
};

}  // namespace forewarn::detectors
