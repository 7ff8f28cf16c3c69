// SPDX-License-Identifier: Apache-2.0
#include "predictor/detectors/tail.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "predictor/detectors/logarithm.h"

namespace forewarn::detectors {
namespace {

constexpr int kLowest = -1;          // log2 of the lowest octave's lower end
constexpr double kTailPart = 0.05;   // of all values lie in the tail that the power law is fitted to
constexpr double kFew = 10;          // values are enough to fit it to
constexpr double kModelWeight = 10;  // values that the power law is worth beside those counted
constexpr double kPriorWeight = 5;   // values that the prior exponent is worth
constexpr double kPriorExponent = 3;
constexpr double kUnseen = 0.5;  // values that may lie in an empty tail
constexpr double kLongest = 2;   // octaves above the tail's start that one value may say about the exponent
constexpr double kBeyond = 6;    // nats that a value may be rarer than once in all that was seen
constexpr double kLn2 = 0.6931471805599453;

const double kRarest = std::exp(-kBeyond);

// The binary one of a positive number.
int ExponentOf(double z) { return static_cast<int>(std::bit_cast<std::uint64_t>(z) >> 52) - 1023; }

}  // namespace

double Tail::Probability(double z, double total) const {
  const double place = Log2(static_cast<float>(z)) - kLowest;  // octaves above the lowest end
  if (place <= 0) return 1;
  const int octave = std::min(static_cast<int>(place), kOctaves - 1);
  int beyond = 0;
  for (int i = kOctaves - 1; i > octave; --i) beyond += counts[i];
  const double above = beyond + counts[octave] * (1 - std::min(place - octave, 1.0));
  if (above >= kTailPart * total) return std::min(above / total, 1.0);
  const double modelled = Modelled(place, total);
  return std::max((above + kModelWeight * modelled) / (total + kModelWeight), kRarest / (total + 1));
}

double Tail::Surprise(double z, double total) const { return -std::log(Probability(z, total)); }

// The power law's probability. It is fitted above several starts, since a gap in the values would make one that begins
// below it promise that nothing is beyond; the most cautious one counts.
double Tail::Modelled(double place, double total) const {
  double most = 0, inside = 0;
  for (int start = kOctaves - 1; start >= 0; --start) {
    inside += counts[start];
    const bool whole = inside >= kTailPart * total || start == 0;
    if (inside < kFew && !whole) continue;
    double length = 0;
    for (int i = start; i < kOctaves; ++i) length += counts[i] * std::min(i - start + 0.5, kLongest);
    const double exponent = (inside + kPriorWeight) / (length * kLn2 + kPriorWeight / kPriorExponent);
    const double beyond = std::max(place - start, 0.0);
    most = std::max(most, std::min(std::max(inside, kUnseen) / total, 1.0) * std::exp2(-exponent * beyond));
    if (whole) break;
  }
  return most;
}

void Tail::Add(double z) {
  auto& count = counts[std::clamp(ExponentOf(z) - kLowest, 0, kOctaves - 1)];
  if (count < 255) ++count;
}

// Every other octave is rounded up: what was seen once is not forgotten everywhere at the first halving.
void Tail::Halve() {
  for (int i = 0; i < kOctaves; ++i) counts[i] = static_cast<std::uint8_t>((counts[i] + i % 2) / 2);
}

}  // namespace forewarn::detectors
