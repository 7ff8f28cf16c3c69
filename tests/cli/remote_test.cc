// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cli/fake_api.h"
#include "tests/cli/fixture.h"

namespace forewarn::cli {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class RemoteTest : public CliTest {
 protected:
  int Ask(std::vector<std::string> arguments) {
    const bool exporter = arguments.front() == "predictions";
    arguments.insert(arguments.end(), {exporter ? "--exporter.url" : "--webhook.url", api_.url()});
    return Call(std::move(arguments));
  }
  // The last request as "METHOD path".
  std::string Asked() { return api_.last().method + " " + api_.last().path; }

  FakeApi api_;
};

TEST_F(RemoteTest, ListsMitigations) {
  ASSERT_EQ(Ask({"mitigations", "list", "--domain", "web-1", "--fault", "A b&c", "--limit", "5"}), 0) << output_;
  EXPECT_EQ(Asked(), "GET /api/v1/mitigations");
  const std::map<std::string, std::string> query = {{"domain", "web-1"}, {"fault", "A b&c"}, {"limit", "5"}};
  EXPECT_EQ(api_.last().query, query);
  EXPECT_THAT(output_, StartsWith("EPISODE  ALERTED"));
  EXPECT_THAT(output_, ContainsRegex("7 +2025-11-24T16:00:00Z +web-1 +DiskContention +waiting +disk_io "
                                     "+vda.total_iops_sec=150 +vda.total_iops_sec=300 +- +-\n"));
  EXPECT_THAT(output_, HasSubstr("held out?[2J to see"));  // nothing steers the terminal
  ASSERT_EQ(Ask({"mitigations", "list"}), 0);
  EXPECT_EQ(api_.last().query.size(), 1U);
}

TEST_F(RemoteTest, ShowsOne) {
  ASSERT_EQ(Ask({"mitigations", "show", "7"}), 0) << output_;
  EXPECT_EQ(Asked(), "GET /api/v1/mitigations/7");
  EXPECT_THAT(output_, ContainsRegex("confidence +91 %\n"));
  EXPECT_THAT(output_, ContainsRegex("approval +waiting\n"));
  EXPECT_THAT(output_, ContainsRegex("evidence +disk_latency 2.5\n"));
  EXPECT_THAT(output_, ContainsRegex("disk_io +vda.total_iops_sec=150 "));
}

TEST_F(RemoteTest, LeavesWishes) {
  for (const std::string wish : {"approve", "refuse", "revert"}) {
    ASSERT_EQ(Ask({"mitigations", wish, "7"}), 0) << output_;
    EXPECT_EQ(Asked(), "POST /api/v1/mitigations/7/" + wish);
    EXPECT_EQ(api_.last().body, "");
    EXPECT_THAT(output_, HasSubstr("DiskContention"));
    EXPECT_EQ(Ask({"mitigations", wish, "8"}), 1);
    EXPECT_EQ(output_, "the mitigation is closed\n");
  }
}

TEST_F(RemoteTest, SendsTheTokenToTheWebhookOnly) {
  const std::string file = Write("token", "sesame\n");
  ASSERT_EQ(Ask({"mitigations", "list", "--token-file", file}), 0) << output_;
  EXPECT_EQ(api_.last().headers.at("authorization"), "Bearer sesame");
  ASSERT_EQ(Ask({"mitigations", "list"}), 0);
  EXPECT_FALSE(api_.last().headers.contains("authorization"));
  EXPECT_EQ(Ask({"predictions", "--token-file", file}), 2);
  EXPECT_EQ(Ask({"mitigations", "list", "--token-file", "/does/not/exist"}), 1);
  EXPECT_THAT(output_, HasSubstr("/does/not/exist"));
}

TEST_F(RemoteTest, PrintsTheDataAsItCame) {
  ASSERT_EQ(Ask({"mitigations", "list", "--output", "json"}), 0) << output_;
  EXPECT_THAT(output_, StartsWith("{\n  \"mitigations\": [\n"));
  EXPECT_THAT(output_, HasSubstr("\"held out\\u001b[2J to see what would have happened\""));
  ASSERT_EQ(Ask({"kill-switch", "status", "--output", "json"}), 0) << output_;
  EXPECT_EQ(output_, "{\n  \"engaged\": true,\n  \"why\": \"a person's wish\"\n}\n");
}

TEST_F(RemoteTest, TurnsTheKillSwitch) {
  ASSERT_EQ(Ask({"kill-switch", "status"}), 0) << output_;
  EXPECT_EQ(Asked(), "GET /api/v1/kill-switch");
  EXPECT_EQ(output_, "engaged: a person's wish\n");
  ASSERT_EQ(Ask({"kill-switch", "on"}), 0) << output_;
  EXPECT_EQ(Asked(), "PUT /api/v1/kill-switch");
  EXPECT_EQ(api_.last().body, R"({"engaged":true})");
  EXPECT_EQ(api_.last().headers.at("content-type"), "application/json");
  ASSERT_EQ(Ask({"kill-switch", "off"}), 0) << output_;
  EXPECT_EQ(api_.last().body, R"({"engaged":false})");
}

TEST_F(RemoteTest, ShowsAPlan) {
  ASSERT_EQ(Ask({"plan", "--domain", "web-1", "--fault", "DiskContention"}), 0) << output_;
  EXPECT_EQ(Asked(), "GET /api/v1/plans");
  const std::map<std::string, std::string> query = {{"domain", "web-1"}, {"fault", "DiskContention"}};
  EXPECT_EQ(api_.last().query, query);
  EXPECT_THAT(output_, ContainsRegex("disk_io +web-1 +vda.total_iops_sec=150 +vda.total_iops_sec=300"));
  EXPECT_THAT(output_, ContainsRegex("quiet_time +yes +not at night\n"));
}

TEST_F(RemoteTest, AsksForAMitigation) {
  const std::vector<std::string> wanted = {"mitigate", "--domain", "web-1", "--fault", "DiskContention"};
  auto arguments = wanted;
  arguments.insert(arguments.end(), {"--request-id", "a-B_9"});
  ASSERT_EQ(Ask(arguments), 0) << output_;
  EXPECT_EQ(Asked(), "POST /api/v1/mitigations");
  EXPECT_EQ(api_.last().body, R"({"domain":"web-1","fault":"DiskContention","request_id":"a-B_9"})");
  EXPECT_THAT(output_, Not(HasSubstr("--request-id")));
  ASSERT_EQ(Ask(wanted), 0) << output_;
  EXPECT_THAT(output_, ContainsRegex("--request-id cli-[0-9a-f]+\n"));
  const std::string first = api_.last().body;
  ASSERT_EQ(Ask(wanted), 0) << output_;
  EXPECT_NE(api_.last().body, first);
}

TEST_F(RemoteTest, ShowsPredictions) {
  ASSERT_EQ(Ask({"predictions", "--fault", "DiskContention"}), 0) << output_;
  EXPECT_EQ(Asked(), "GET /api/v1/predictions");
  EXPECT_EQ(api_.last().query.at("fault"), "DiskContention");
  EXPECT_THAT(output_, ContainsRegex("2 together +h1 +DiskContention +80 % +30 % +- +-\n"));
  EXPECT_THAT(output_, ContainsRegex("web-1 +h1 +DiskContention +91 % +- +2025-11-24T16:10:00Z +no\n"));
}

TEST_F(RemoteTest, TellsRefusalsFromMisuse) {
  EXPECT_EQ(Call({"mitigations", "list", "--webhook.url", "http://127.0.0.1:1"}), 1);
  EXPECT_THAT(output_, StartsWith("http://127.0.0.1:1: "));
  EXPECT_EQ(Call({"plan", "--domain", "d", "--fault", "F", "--webhook.url", "ftp://x"}), 1);
  EXPECT_EQ(Call({"predictions", "--exporter.url", api_.url() + "/elsewhere"}), 1);
  EXPECT_EQ(Ask({"mitigations", "show", "7/revert"}), 2);
  EXPECT_EQ(Ask({"mitigations", "show"}), 2);
  EXPECT_EQ(Ask({"mitigations"}), 2);
  EXPECT_EQ(Ask({"mitigate", "--domain", "d"}), 2);
  EXPECT_EQ(Ask({"mitigations", "list", "--limit", "0"}), 2);
  EXPECT_EQ(Ask({"mitigations", "list", "--output", "xml"}), 2);
  EXPECT_EQ(Ask({"kill-switch", "engage"}), 2);
}

}  // namespace
}  // namespace forewarn::cli
