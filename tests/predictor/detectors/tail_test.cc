// SPDX-License-Identifier: Apache-2.0
#include "predictor/detectors/tail.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <random>

namespace forewarn::detectors {
namespace {

struct Learned {
  Tail tail;
  double total = 0;
};

Learned Learn(int values, const std::function<double()>& next) {
  Learned learned;
  for (int i = 0; i < values; ++i, ++learned.total) learned.tail.Add(next());
  return learned;
}

// Of uniform numbers from 0 to 1, 1 / u exceeds z with probability 1 / z.
std::function<double()> Pareto(double exponent) {
  return [random = std::mt19937(3), exponent]() mutable {
    return std::pow(1 - std::uniform_real_distribution<double>(0, 1)(random), -1 / exponent);
  };
}

TEST(Tail, IsAProbabilityWhereItHasSeenValues) {
  const auto learned = Learn(3000, Pareto(1));
  for (const double z : {4.0, 16.0, 32.0}) {
    EXPECT_NEAR(learned.tail.Surprise(z, learned.total), std::log(z), 0.4) << z;
  }
}

TEST(Tail, ALightTailMakesTheSameDistanceRarer) {
  const auto heavy = Learn(3000, Pareto(1)), light = Learn(3000, Pareto(4));
  EXPECT_GT(light.tail.Surprise(30, light.total), heavy.tail.Surprise(30, heavy.total) + 4);
}

TEST(Tail, IsRarerTheFartherOutAndTheLongerTheHistory) {
  const auto brief = Learn(50, Pareto(4)), lengthy = Learn(3900, Pareto(4));
  double before = -1;
  for (double z = 0.3; z < 2000; z *= 1.1) {
    const double surprise = lengthy.tail.Surprise(z, lengthy.total);
    EXPECT_GE(surprise, before - 0.7) << z;  // where the counted part ends, the fitted one may give a little back
    before = surprise;
  }
  EXPECT_GT(lengthy.tail.Surprise(500, lengthy.total), brief.tail.Surprise(500, brief.total) + 3);
}

TEST(Tail, NoSingleValueIsImpossible) {
  const auto flat = Learn(100, [] { return 0.6; });
  EXPECT_LE(flat.tail.Surprise(1e6, flat.total), std::log(101) + 6);
  EXPECT_GT(flat.tail.Surprise(1e6, flat.total), std::log(101));
}

TEST(Tail, ForgetsByHalves) {
  auto learned = Learn(3900, Pareto(1));
  const double before = learned.tail.Surprise(8, learned.total);
  learned.tail.Halve();
  EXPECT_NEAR(learned.tail.Surprise(8, learned.total / 2), before, 0.4);
}

}  // namespace
}  // namespace forewarn::detectors
