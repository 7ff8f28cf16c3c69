// SPDX-License-Identifier: Apache-2.0
#include "common/base/result.h"

#include <gtest/gtest.h>

#include <memory>
#include <set>

namespace forewarn::base {
namespace {

TEST(Result, HoldsAValueOrAnError) {
  Result<int> good = 3;
  ASSERT_TRUE(good.ok());
  EXPECT_EQ(*good, 3);
  Result<int> bad = Error{ErrorCode::kTimeout, "too late"};
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().code, ErrorCode::kTimeout);
  EXPECT_EQ(bad.error().message, "too late");
}

TEST(Result, GivesUpAValueThatCannotBeCopied) {
  Result<std::unique_ptr<int>> result = std::make_unique<int>(5);
  const std::unique_ptr<int> taken = std::move(result).value();
  EXPECT_EQ(*taken, 5);
}

TEST(Result, OfNothingIsSuccessOrAnError) {
  EXPECT_TRUE(Result<void>().ok());
  const Result<void> bad = Error{ErrorCode::kConflict, "taken"};
  EXPECT_FALSE(bad.ok());
  EXPECT_EQ(bad.error().message, "taken");
}

TEST(ErrorCode, EachHasAStableNameOfItsOwn) {
  std::set<std::string> names;
  for (const auto code : {ErrorCode::kInvalid, ErrorCode::kNotFound, ErrorCode::kUnavailable, ErrorCode::kTimeout,
                          ErrorCode::kUnsupported, ErrorCode::kConflict, ErrorCode::kInternal}) {
    names.insert(Name(code));
  }
  EXPECT_EQ(names, (std::set<std::string>{"invalid", "not_found", "unavailable", "timeout", "unsupported", "conflict",
                                          "internal"}));
}

}  // namespace
}  // namespace forewarn::base
