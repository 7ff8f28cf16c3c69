// SPDX-License-Identifier: Apache-2.0
#include "webhook/api/asks.h"

#include <gtest/gtest.h>

namespace forewarn::api {
namespace {

using base::ErrorCode;

TEST(Asks, ActionsNameAnEpisodeAndAWish) {
  const auto shown = ParseAction("/api/v1/mitigations/7");
  ASSERT_TRUE(shown);
  EXPECT_EQ(shown->id, 7);
  EXPECT_EQ(shown->wish, journal::Wish::kNone);
  EXPECT_EQ(ParseAction("/api/v1/mitigations/7/approve")->wish, journal::Wish::kApprove);
  EXPECT_EQ(ParseAction("/api/v1/mitigations/7/refuse")->wish, journal::Wish::kRefuse);
  EXPECT_EQ(ParseAction("/api/v1/mitigations/7/revert")->wish, journal::Wish::kRevert);
  for (const char* path : {"/", "0", "-1", "x", "7x", "99999999999999999999", "7/", "7/undo", "7/approve/"}) {
    const auto action = ParseAction("/api/v1/mitigations/" + std::string(path));
    ASSERT_FALSE(action) << path;
    EXPECT_EQ(action.error().code, std::string(path) == "/" ? ErrorCode::kInvalid : ErrorCode::kNotFound) << path;
  }
  for (const std::string& id : {std::string(), std::string("a.b"), std::string("7 "), std::string(65, '1')}) {
    EXPECT_EQ(ParseAction("/api/v1/mitigations/" + id).error().code, ErrorCode::kInvalid) << id;
  }
}

TEST(Asks, AMitigationNeedsNamesAndARequestId) {
  const auto wanted = ParseWanted(R"({"domain":"web-1","fault":"DiskContention","request_id":"a-B_9"})");
  ASSERT_TRUE(wanted) << wanted.error().message;
  EXPECT_EQ(wanted->domain, "web-1");
  EXPECT_EQ(wanted->fault, "DiskContention");
  EXPECT_EQ(wanted->request_id, "a-B_9");
  for (const char* bad :
       {"", "[]", "{}", R"({"domain":"web-1","fault":"F"})", R"({"domain":"a\"b","fault":"F","request_id":"1"})",
        R"({"domain":"web-1","fault":"F-G","request_id":"1"})", R"({"domain":"web-1","fault":"F","request_id":"a b"})",
        R"({"domain":"web-1","fault":"F","request_id":1})",
        R"({"domain":"web-1","fault":"F","request_id":"1","more":1})"}) {
    EXPECT_FALSE(ParseWanted(bad)) << bad;
  }
}

TEST(Asks, TheKillSwitchTakesOneBoolean) {
  EXPECT_EQ(ParseEngaged(R"({"engaged":true})").value(), true);
  EXPECT_EQ(ParseEngaged(R"({"engaged":false})").value(), false);
  for (const char* bad : {"", "{}", "true", R"({"engaged":"false"})", R"({"engaged":false,"x":1})"}) {
    EXPECT_FALSE(ParseEngaged(bad)) << bad;
  }
}

}  // namespace
}  // namespace forewarn::api
