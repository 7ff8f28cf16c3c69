// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace forewarn::confidence {

// Outcomes' worth of what was right and of what was wrong; fractions where an outcome counts for less, or has faded.
struct Worth {
  double right = 0, wrong = 0;
  friend Worth operator+(const Worth& a, const Worth& b) { return {a.right + b.right, a.wrong + b.wrong}; }
};

// What is believed of a share: the mean and the standard deviation of a Beta distribution, 0 to 1.
struct Belief {
  static constexpr double kNothingKnown =
      0.28867513459481287;  // deviation of Beta(1, 1), where each share is as likely
  double mean = 0.5, deviation = kNothingKnown;

  // 0: the share is known; 1: nothing is, as of Beta(1, 1).
  double Uncertainty() const { return deviation < kNothingKnown ? deviation / kNothingKnown : 1; }
};

// Beta(right, wrong), of which one is above 0.
Belief BeliefOf(const Worth& worth);

}  // namespace forewarn::confidence
