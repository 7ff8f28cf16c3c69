// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <random>

namespace forewarn::campaign {

// The same numbers from the same seed with any standard library, which its distributions do not promise.
class Dice {
 public:
  Dice(std::uint64_t seed, std::uint64_t stream) : engine_(seed * 0x9e3779b97f4a7c15u + stream) {}
  double Between(double low, double high) {
    return low + (high - low) * static_cast<double>(engine_() >> 11) * 0x1p-53;
  }
  bool Chance(double probability) { return Between(0, 1) < probability; }
  std::size_t Index(std::size_t size) { return static_cast<std::size_t>(Between(0, 1) * static_cast<double>(size)); }

 private:
  std::mt19937_64 engine_;
};

}  // namespace forewarn::campaign
