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

TEST(Asks, AnExperimentIsAbortedAndNothingElse) {
  EXPECT_EQ(ParseExperimentAction("/api/v1/experiments/7")->wish, journal::Wish::kNone);
  EXPECT_EQ(ParseExperimentAction("/api/v1/experiments/7/abort")->wish, journal::Wish::kRevert);
  EXPECT_EQ(ParseExperimentAction("/api/v1/experiments/7/abort")->id, 7);
  for (const char* path : {"0", "7/", "7/revert", "7/abort/", "x"}) {
    const auto action = ParseExperimentAction("/api/v1/experiments/" + std::string(path));
    ASSERT_FALSE(action) << path;
    EXPECT_EQ(action.error().code, ErrorCode::kNotFound) << path;
  }
  EXPECT_EQ(ParseExperimentAction("/api/v1/experiments/a.b").error().code, ErrorCode::kInvalid);
}

TEST(Asks, AnExperimentMayNameItsTemplate) {
  const std::string names = R"("domain":"web-1","fault":"F","request_id":"1")";
  EXPECT_EQ(ParseWantedExperiment("{" + names + "}")->experiment, "");
  EXPECT_EQ(ParseWantedExperiment("{" + names + R"(,"experiment":"mild one"})")->experiment, "mild one");
  for (const std::string more : {R"("experiment":"")", R"("experiment":1)", R"("experiment":"a","b":1)", R"("b":1)"}) {
    EXPECT_FALSE(ParseWantedExperiment("{" + names + "," + more + "}")) << more;
  }
  EXPECT_FALSE(ParseWantedExperiment("{" + names + R"(,"experiment":")" + std::string(129, 'a') + "\"}"));
  EXPECT_FALSE(ParseWantedExperiment("[]"));
  EXPECT_FALSE(ParseWanted("{" + names + R"(,"experiment":"mild"})"));
}

TEST(Asks, WhatMayBeADryRunBeginsNothing) {
  EXPECT_EQ(ParseDryRun("1").value(), true);
  EXPECT_EQ(ParseDryRun("0").value(), false);
  EXPECT_EQ(ParseDryRun("").value(), false);
  for (const char* bad : {"true", "yes", "2", "1 "}) EXPECT_FALSE(ParseDryRun(bad)) << bad;
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
