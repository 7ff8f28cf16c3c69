// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstdint>

namespace forewarn::detectors {

// The binary logarithm of a positive, normal number, to 1e-6: the exponent, and the series of artanh for the rest. A
// third of the library's cost, where each series of each tick needs some.
inline float Log2(float x) {
  constexpr std::uint32_t kRootOfHalf = 0x3f3504f3;
  const auto bits = std::bit_cast<std::uint32_t>(x) - kRootOfHalf;
  const auto exponent = static_cast<std::int32_t>(bits) >> 23;
  const float mantissa = std::bit_cast<float>((bits & 0x007fffffu) + kRootOfHalf);  // sqrt(1/2) to sqrt(2)
  const float t = (mantissa - 1) / (mantissa + 1), t2 = t * t;
  constexpr float kTwice = 2.885390082f;  // 2 / ln 2
  return static_cast<float>(exponent) + kTwice * t * (1 + t2 * (1.0f / 3 + t2 * (0.2f + t2 * (1.0f / 7))));
}

inline float Log(float x) { return 0.6931471806f * Log2(x); }

}  // namespace forewarn::detectors
