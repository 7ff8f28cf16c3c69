// SPDX-License-Identifier: Apache-2.0
#include "predictor/detectors/archive.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace forewarn::detectors {
namespace {

using testing::ElementsAre;

TEST(Archive, GivesBackWhatWasPut) {
  Archive put;
  put.Put(7);
  put.PutText("text");
  put.PutText("");
  put.Put(std::vector<double>{1, 2});
  Archive taken(put.bytes());
  int number = 0;
  std::string text, empty = "x";
  std::vector<double> values;
  EXPECT_TRUE(taken.Take(number) && taken.TakeText(text) && taken.TakeText(empty));
  EXPECT_FALSE(taken.AtEnd());
  EXPECT_TRUE(taken.Take(values));
  EXPECT_TRUE(taken.AtEnd());
  EXPECT_EQ(number, 7);
  EXPECT_EQ(text, "text");
  EXPECT_EQ(empty, "");
  EXPECT_THAT(values, ElementsAre(1, 2));
}

TEST(Archive, ThatEndsTooEarlyIsAnError) {
  Archive put;
  put.PutText("some text");
  put.Put(std::vector<double>{1, 2, 3});
  for (std::size_t size = 0; size < put.bytes().size(); ++size) {
    Archive cut(put.bytes().substr(0, size));
    std::string text = "before";
    std::vector<double> values = {9};
    EXPECT_FALSE(cut.TakeText(text) && cut.Take(values)) << size;
    EXPECT_TRUE(text == "before" || text == "some text") << size;
    EXPECT_THAT(values, ElementsAre(9)) << size;
  }
}

TEST(Archive, ACountThatIsTooLargeIsAnErrorAndTakesNoMemory) {
  Archive put;
  put.Put<std::uint64_t>(~0ull);
  put.Put<std::uint32_t>(sizeof(double));
  Archive cut(put.bytes());
  std::vector<double> values;
  EXPECT_FALSE(cut.Take(values));
  Archive text(put.bytes());
  std::string taken;
  EXPECT_FALSE(text.TakeText(taken));
}

TEST(Archive, KnowsAnotherLayout) {
  Archive put;
  put.Put(std::vector<float>{1, 2});
  Archive taken(put.bytes());
  std::vector<double> values;
  const auto refused = taken.Take(values);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, testing::HasSubstr("layout"));
}

TEST(Archive, RefusesAnotherVersionByItsName) {
  Archive put;
  put.Put<std::uint32_t>(3);
  Archive same(put.bytes()), other(put.bytes()), empty;
  EXPECT_TRUE(same.TakeVersion(3, "model"));
  const auto refused = other.TakeVersion(4, "model");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "the saved model is of another version");
  EXPECT_FALSE(empty.TakeVersion(3, "model"));
}

TEST(Archive, WhatIsNotWholeIsFresh) {
  Archive put;
  put.Put(7);
  for (const bool whole : {true, false}) {
    Archive taken(put.bytes());
    std::pair<int, char> state(1, 'a');
    const auto took = TakeWhole(state, [&](std::pair<int, char>& fresh) {
      auto first = taken.Take(fresh.first);
      return whole || !first ? first : taken.Take(fresh.second);
    });
    EXPECT_EQ(static_cast<bool>(took), whole);
    EXPECT_EQ(state.first, whole ? 7 : 0);
  }
}

TEST(Archive, DropsInstancesThatAreNotKept) {
  Archive put;
  put.PutInstances(std::vector<int>{10, 11, 12, 13});
  put.PutInstances(std::vector<int>{20, 21});
  put.Put(std::vector<int>{30, 31});
  Archive taken(put.bytes());
  taken.KeepInstances({1, 3});
  std::vector<int> all, shorter, others;
  EXPECT_TRUE(taken.TakeInstances(all) && taken.TakeInstances(shorter) && taken.Take(others));
  EXPECT_THAT(all, ElementsAre(11, 13));
  EXPECT_THAT(shorter, ElementsAre(21));
  EXPECT_THAT(others, ElementsAre(30, 31));
}

}  // namespace
}  // namespace forewarn::detectors
