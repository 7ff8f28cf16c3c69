// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <fstream>

#include "webhook/alerts/alert.h"

namespace forewarn::alerts {
namespace {

std::string AlertJson(const std::string& domain, const std::string& status = "firing",
                      const std::string& purpose = "mitigate") {
  return R"({"status":")" + status + R"(","labels":{"alertname":"A","domain":")" + domain +
         R"(","fault":"DiskContention","purpose":")" + purpose +
         R"(","severity":"warning"},"annotations":{},"startsAt":"2026-11-24T02:10:40.817507739Z",)"
         R"("endsAt":"0001-01-01T00:00:00Z","generatorURL":"","fingerprint":"32e6a1df50e93ff7"})";
}
std::string Body(const std::string& alerts, const std::string& more = "") {
  return R"({"version":"4","status":"firing","alerts":[)" + alerts + "]" + more + "}";
}
std::string ErrorOf(const std::string& body) {
  auto parsed = Parse(body);
  return parsed ? "" : parsed.error().message;
}

TEST(Parse, TakesWhatAlertmanagerSends) {
  std::ifstream file(FOREWARN_SOURCE_DIR "/tests/data/alertmanager-webhook.jsonl");
  std::vector<Notification> all;
  for (std::string line; std::getline(file, line);) {
    auto parsed = Parse(line);
    ASSERT_TRUE(parsed) << parsed.error().message;
    all.push_back(*parsed);
  }
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[0].alerts.at(0).domain, "web-1");
  EXPECT_EQ(all[0].alerts.at(0).fault, "DiskContention");
  EXPECT_EQ(all[0].alerts.at(0).status, Status::kFiring);
  EXPECT_EQ(all[0].truncated, 1u);
  // The group says "resolved" while one of its alerts fires.
  ASSERT_EQ(all[1].alerts.size(), 2u);
  EXPECT_EQ(all[1].alerts[0].status, Status::kResolved);
  EXPECT_EQ(all[1].alerts[1].status, Status::kFiring);
  EXPECT_EQ(all[2].ignored, 1u);
  EXPECT_TRUE(all[2].alerts.empty());
}

TEST(Parse, RefusesWhatIsNoPayload) {
  EXPECT_EQ(ErrorOf(""), "the body is no JSON");
  EXPECT_EQ(ErrorOf("[]"), "the body must be a JSON object");
  EXPECT_EQ(ErrorOf("{}"), "alerts: must be a list");
  EXPECT_EQ(ErrorOf(R"({"alerts":{}})"), "alerts: must be a list");
  EXPECT_EQ(ErrorOf(Body("", R"(,"truncatedAlerts":-1)")), "truncatedAlerts: must be a whole number");
  EXPECT_EQ(ErrorOf(Body("7")), "alerts[0]: must be an object");
  EXPECT_EQ(ErrorOf("{\"alerts\":[],\"x\":\"\xff\"}"), "the body is no JSON");
}

TEST(Parse, CapsTheDepthButNotInsideStrings) {
  EXPECT_EQ(ErrorOf(std::string(1'000'000, '[')), "the body is no JSON");
  EXPECT_EQ(ErrorOf(std::string(1'000'000, '[') + std::string(1'000'000, ']')), "the body is nested too deeply");
  EXPECT_TRUE(Parse(Body("", R"(,"x":")" + std::string(100, '[') + R"(\"[[")")));
}

TEST(Parse, RejectsLabelValuesThatNoDomainHas) {
  for (const char* domain : {"", "-rf", "../etc", "a b", "a\\\"b", "a{}", "a\\u0000", "a\\n", "ä", "$(x)"}) {
    EXPECT_EQ(ErrorOf(Body(AlertJson(domain))), "alerts[0]: labels.domain: not the name of a domain") << domain;
  }
  EXPECT_FALSE(Parse(Body(AlertJson(std::string(129, 'a')))));
  EXPECT_TRUE(Parse(Body(AlertJson(std::string(128, 'a')))));
  EXPECT_FALSE(Parse(Body(AlertJson("a", "pending"))));
  EXPECT_EQ(Parse(Body(AlertJson("a", "firing", "notify")))->ignored, 1u);
}

TEST(Parse, OneBadAlertDoesNotTakeTheGoodOnesWithIt) {
  auto parsed = Parse(Body(AlertJson("web-1") + "," + AlertJson("../x") + "," + AlertJson("web-2")));
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->alerts.size(), 2u);
  ASSERT_EQ(parsed->rejected.size(), 1u);
  EXPECT_EQ(parsed->rejected[0], "alerts[1]: labels.domain: not the name of a domain");
}

TEST(Parse, LabelsOfAnotherTypeAreRejected) {
  EXPECT_FALSE(Parse(Body(R"({"status":"firing","labels":{"domain":1,"fault":[],"purpose":"mitigate"}})")));
}

TEST(ParseTime, TakesAnyOffsetAndFraction) {
  EXPECT_DOUBLE_EQ(base::ToSeconds(*ParseTime("1970-01-01T00:00:01Z")), 1);
  EXPECT_DOUBLE_EQ(base::ToSeconds(*ParseTime("1970-01-01T02:00:01.5+02:00")), 1.5);
  EXPECT_DOUBLE_EQ(base::ToSeconds(*ParseTime("1969-12-31T16:30:00-07:30")), 0);
  EXPECT_EQ(*ParseTime("0001-01-01T00:00:00Z"), base::WallTime{});
  for (const char* bad : {"", "2026", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-01-01T25:00:00Z",
                          "2026-01-01T00:00:00", "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00.1234567890Z",
                          "2026-01-01T00:00:00Zx", "2026-01-01T00:00:00+2:00", "+026-01-01T00:00:00Z"}) {
    EXPECT_FALSE(ParseTime(bad)) << bad;
  }
}

}  // namespace
}  // namespace forewarn::alerts
