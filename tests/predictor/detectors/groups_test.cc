// SPDX-License-Identifier: Apache-2.0
#include "predictor/detectors/groups.h"

#include <gtest/gtest.h>

#include <set>

namespace forewarn::detectors {
namespace {

struct Nothing {
  int kept = 0;
  void Save(Archive& archive) const { archive.Put(kept); }
  base::Result<void> Restore(Archive& archive, std::size_t) { return archive.Take(kept); }
};

// Long enough to be settled.
void Settle(Groups<Nothing>& groups, std::uint32_t instance, const std::vector<std::uint32_t>& signals) {
  for (int tick = 0; tick < 20; ++tick) {
    groups.Settle(instance, static_cast<std::uint32_t>(signals.size()), [&] { return signals; });
  }
}

TEST(Groups, AnInstanceWhoseSignalsStillAppearBelongsToNone) {
  Groups<Nothing> groups;
  for (std::uint32_t known = 2; known < 9; ++known) {
    groups.Settle(0, known, [] { return std::vector<std::uint32_t>{0, 1}; });
    EXPECT_EQ(groups.Of(0), nullptr);
  }
  Settle(groups, 0, {0, 1, 2});
  EXPECT_NE(groups.Of(0), nullptr);
}

TEST(Groups, AFewInstancesHaveAModelEachAndManyShare) {
  Groups<Nothing> groups;
  for (std::uint32_t i = 0; i < 100; ++i) Settle(groups, i, {0, 1});
  EXPECT_EQ(groups.all().size(), Groups<Nothing>::kGroupsPerClass);
  std::set<const void*> first;
  for (std::uint32_t i = 0; i < 16; ++i) first.insert(groups.Of(i));
  EXPECT_EQ(first.size(), 16u);
  for (const auto& group : groups.all()) {
    EXPECT_GE(group.members.size(), 6u);
    EXPECT_LE(group.members.size(), 7u);
  }
}

TEST(Groups, ANewSignalMakesAnotherClass) {
  Groups<Nothing> groups;
  for (std::uint32_t i = 0; i < 3; ++i) Settle(groups, i, {0, 1});
  const auto* before = groups.Of(1);
  Settle(groups, 1, {0, 1, 2});
  ASSERT_NE(groups.Of(1), nullptr);
  EXPECT_NE(groups.Of(1), before);
  EXPECT_EQ(groups.Of(1)->signals, (std::vector<std::uint32_t>{0, 1, 2}));
}

TEST(Groups, TooManyClassesMakeRoomByThoseWithoutMembers) {
  Groups<Nothing> groups;
  for (std::uint32_t s = 1; s <= 2 * Groups<Nothing>::kMaxGroups; ++s) {
    Settle(groups, 0, s % 2 == 0 ? std::vector<std::uint32_t>{0, s} : std::vector<std::uint32_t>{0, s, s + 1});
    ASSERT_NE(groups.Of(0), nullptr) << s;
  }
  EXPECT_LE(groups.all().size(), Groups<Nothing>::kMaxGroups);
}

TEST(Groups, WhoeverIsDroppedAtARestartLeavesTheOthersTheirModels) {
  Groups<Nothing> groups;
  for (std::uint32_t i = 0; i < 3; ++i) Settle(groups, i, {0, 1});
  for (std::size_t i = 0; i < 3; ++i) groups.all()[i].model.kept = static_cast<int>(i) + 1;
  Archive saved;
  groups.Save(saved);
  Archive read(saved.bytes());
  read.KeepInstances({0, 2});
  Groups<Nothing> restored;
  ASSERT_TRUE(restored.Restore(read));
  EXPECT_EQ(restored.Of(0)->model.kept, 1);
  EXPECT_EQ(restored.Of(1)->model.kept, 3);
  EXPECT_EQ(restored.Of(2), nullptr);
}

}  // namespace
}  // namespace forewarn::detectors
