// SPDX-License-Identifier: Apache-2.0
#include "predictor/telemetry/snapshot.h"

#include <gtest/gtest.h>

namespace forewarn::telemetry {
namespace {

TEST(Names, KeepTheirSlots) {
  Names names;
  EXPECT_EQ(names.SlotOf("a"), 0u);
  EXPECT_EQ(names.SlotOf("b"), 1u);
  for (int i = 0; i < 1000; ++i) (void)names.SlotOf("n" + std::to_string(i));
  EXPECT_EQ(names.SlotOf("a"), 0u);
  EXPECT_EQ(names.Find("b"), 1);
  EXPECT_EQ(names.Find("c"), -1);
  EXPECT_EQ(names.NameOf(1), "b");
  EXPECT_EQ(names.size(), 1002u);
}

TEST(Snapshot, WhatWasNotMeasuredIsMissing) {
  const Snapshot snapshot{0, nullptr, nullptr, {{1, kMissing}, {}}};
  EXPECT_EQ(snapshot.At(0, 0), 1);
  EXPECT_TRUE(IsMissing(snapshot.At(0, 1)));
  EXPECT_TRUE(IsMissing(snapshot.At(0, 2)));
  for (std::uint32_t signal = 1; signal < 4; ++signal) EXPECT_TRUE(IsMissing(snapshot.At(signal, 0))) << signal;
}

}  // namespace
}  // namespace forewarn::telemetry
