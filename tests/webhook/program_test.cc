// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <atomic>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "common/base/clock.h"
#include "common/http/client.h"
#include "common/http/server.h"
#include "tests/testbed/process.h"

namespace forewarn {
namespace {

using Json = nlohmann::json;
using testing::HasSubstr;

constexpr std::chrono::seconds kPatience{60};

// Says of the domain `test` what the test wants it to say.
class Telemetry {
 public:
  Telemetry() {
    const auto handler = [this](const http::Request& request) { return Answer(request.body); };
    server_ = http::Server::Start({.listen = {"127.0.0.1:0"}}, {{"POST", "/api/v1/query", handler}}).value();
  }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(server_->ports()[0]); }
  std::atomic<double> symptom = 1, confidence = 0.9;
  std::atomic<int> queries = 0;

 private:
  http::Response Answer(const std::string& form) {
    ++queries;
    const double now = base::ToSeconds(base::SystemClock().Now());
    Json rows = Json::array();
    const auto add = [&](Json labels, double value) {
      rows.push_back({{"metric", std::move(labels)}, {"value", {now, std::to_string(value)}}});
    };
    if (form.find("query=symptom") != std::string::npos) {
      add({{"domain", "test"}}, symptom);
    } else {
      add({{"__name__", "forewarn_fault_confidence_ratio"}, {"domain", "test"}, {"fault", "MemoryLeak"}}, confidence);
      add({{"forewarn_stat", "sampled"}, {"domain", "test"}, {"fault", "MemoryLeak"}}, now);
      add({{"__name__", "forewarn_threshold_ratio"}, {"fault", "MemoryLeak"}, {"stage", "mitigate"}}, 0.7);
    }
    const Json data{{"resultType", "vector"}, {"result", std::move(rows)}};
    return http::Json(200, Json{{"status", "success"}, {"data", data}}.dump());
  }
  std::unique_ptr<http::Server> server_;
};

class ProgramTest : public testing::Test {
 protected:
  ProgramTest() {
    std::string pattern = std::filesystem::temp_directory_path() / "webhookXXXXXX";
    directory_ = mkdtemp(pattern.data());
  }
  ~ProgramTest() override {
    process_.reset();
    std::filesystem::remove_all(directory_);
  }

  void Configure(const std::string& mode, const std::string& expiry = "10m") {
    std::ofstream(directory_ / "webhook.yaml")
        << "source: {url: '" << telemetry_.url() << "', timeout: 2s}\njournal: {path: " << directory_ / "journal.db"
        << "}\nkill_switch: {file: " << directory_ / "kill"
        << "}\nhypervisors: [{name: host1, uri: 'test:///default'}]\ntargets: [{domain: test}]\n"
        << "policies:\n  MemoryLeak:\n    mode: " << mode << "\n    steps: [memory]\n    expiry: " << expiry
        << "\n    verify: {expr: 'symptom{domain=\"$domain\"}', deadline: 30s}\nguard: {allow: [test]}\n";
  }
  void Start() {
    std::ofstream(directory_ / "log").close();
    auto started =
        testbed::Process::Start({.argv = {FOREWARN_WEBHOOK, "--config.file=" + (directory_ / "webhook.yaml").string(),
                                          "--web.listen-address=127.0.0.1:0"},
                                 .log = directory_ / "log"});
    ASSERT_TRUE(started) << started.error().message;
    process_.emplace(std::move(*started));
    ASSERT_TRUE(testbed::WaitUntil(kPatience, [&] { return Log().find("port=") != std::string::npos; })) << Log();
    url_ = "http://127.0.0.1:" + Log().substr(Log().find("port=") + 5);
    url_.resize(url_.find('\n'));
  }
  std::string Log() const {
    std::ostringstream text;
    text << std::ifstream(directory_ / "log").rdbuf();
    return text.str();
  }
  http::ClientResponse Call(const std::string& method, const std::string& path, const std::string& body = "") {
    auto client = http::Client::Create(url_, {}, "test");
    http::ClientRequest request;
    request.method = method;
    request.path = path;
    request.body = body;
    if (!body.empty()) request.content_type = "application/json";
    auto response = (*client)->Send(request, std::chrono::seconds(10), 1 << 20);
    return response ? *response : http::ClientResponse{};
  }
  int Post(const std::string& status = "firing") {
    const Json labels{{"domain", "test"}, {"fault", "MemoryLeak"}, {"purpose", "mitigate"}};
    const Json alert{{"status", status},
                     {"labels", labels},
                     {"startsAt", "2026-11-24T02:10:40Z"},
                     {"fingerprint", "32e6a1df50e93ff7"}};
    return Call("POST", "/api/v1/alerts", Json{{"version", "4"}, {"alerts", {alert}}}.dump()).status;
  }
  Json Mitigations() {
    const Json body = Json::parse(Call("GET", "/api/v1/mitigations").body, nullptr, false);
    return body.is_object() ? body["data"]["mitigations"] : Json::array();
  }
  bool Reaches(const std::string& state) {
    return testbed::WaitUntil(kPatience, [&] {
      const Json all = Mitigations();
      return !all.empty() && all[0]["state"] == state;
    });
  }

  Telemetry telemetry_;
  std::filesystem::path directory_;
  std::optional<testbed::Process> process_;
  std::string url_;
};

TEST_F(ProgramTest, FromTheAlertToTheOutcome) {
  Configure("act", "2s");
  Start();
  EXPECT_EQ(Post(), 200);
  EXPECT_EQ(Post(), 200);
  ASSERT_TRUE(Reaches("applied")) << Log();
  telemetry_.symptom = 0.1;
  ASSERT_TRUE(Reaches("held")) << Log();
  EXPECT_THAT(Call("GET", "/metrics").body, HasSubstr("forewarn_mitigation_active{"));
  const Json mitigation = Mitigations().at(0);
  EXPECT_EQ(mitigation["actuator"], "memory");
  EXPECT_NE(mitigation["from"], mitigation["to"]);
  EXPECT_EQ(mitigation["outcome"], "relieved");
  EXPECT_EQ(Mitigations().size(), 1u);
  const std::string metrics = Call("GET", "/metrics").body;
  EXPECT_THAT(metrics, HasSubstr("forewarn_deduplicated_total 1\n"));
  EXPECT_THAT(metrics, HasSubstr("forewarn_hypervisor_up{hypervisor=\"host1\"} 1\n"));
  EXPECT_THAT(Log(), HasSubstr("action=applied"));
}

TEST_F(ProgramTest, WhatIsHeldSurvivesAnEndAndACrash) {
  Configure("act");
  Start();
  EXPECT_EQ(Post(), 200);
  ASSERT_TRUE(Reaches("applied")) << Log();
  telemetry_.symptom = 0.1;
  ASSERT_TRUE(Reaches("held")) << Log();
  const Json before = Mitigations();
  process_->Signal(SIGTERM);
  EXPECT_EQ(process_->Wait(), 0);
  Start();
  EXPECT_EQ(Mitigations(), before);
  process_->Kill();
  process_->Wait();
  Start();
  EXPECT_EQ(Post(), 200);
  EXPECT_EQ(Mitigations(), before);
}

TEST_F(ProgramTest, TheKillSwitchUndoesAndOutlivesTheProgram) {
  Configure("act");
  Start();
  EXPECT_EQ(Post(), 200);
  ASSERT_TRUE(Reaches("applied")) << Log();
  EXPECT_EQ(Call("PUT", "/api/v1/kill-switch", R"({"engaged":true})").status, 200);
  ASSERT_TRUE(Reaches("closed")) << Log();
  EXPECT_TRUE(Mitigations().at(0)["times"]["reverted"].is_number());
  process_->Kill();
  process_->Wait();
  Start();
  EXPECT_THAT(Call("GET", "/metrics").body, HasSubstr("forewarn_kill_switch_engaged 1\n"));
  EXPECT_EQ(Post(), 200);
  ASSERT_TRUE(Reaches("closed"));
  EXPECT_THAT(Mitigations().at(0)["reason"].get<std::string>(), HasSubstr("kill_switch"));
}

TEST_F(ProgramTest, AReloadTakesGoodConfigurationsOnly) {
  Configure("act");
  Start();
  std::ofstream(directory_ / "webhook.yaml", std::ios::app) << "surprise: 1\n";
  process_->Signal(SIGHUP);
  ASSERT_TRUE(testbed::WaitUntil(kPatience, [&] {
    return Call("GET", "/metrics").body.find("forewarn_config_last_reload_successful 0\n") != std::string::npos;
  }));
  EXPECT_THAT(Log(), HasSubstr("surprise"));
  Configure("observe");
  EXPECT_EQ(Call("POST", "/-/reload").status, 200);
  EXPECT_EQ(Post(), 200);
  ASSERT_TRUE(Reaches("closed"));
  EXPECT_THAT(Mitigations().at(0)["reason"].get<std::string>(), HasSubstr("dry_run"));
}

TEST_F(ProgramTest, ASecondProcessOnTheSameJournalDoesNotStart) {
  Configure("act");
  Start();
  auto second = testbed::RunCommand({FOREWARN_WEBHOOK, "--config.file=" + (directory_ / "webhook.yaml").string(),
                                     "--web.listen-address=127.0.0.1:0"});
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error().message, HasSubstr("journal"));
}

TEST_F(ProgramTest, ItsMetricsPassPromtool) {
  if (!testbed::RunCommand({"sh", "-c", "command -v promtool"})) GTEST_SKIP() << "promtool is not installed";
  Configure("act");
  Start();
  EXPECT_EQ(Post(), 200);
  ASSERT_TRUE(Reaches("applied"));
  std::ofstream(directory_ / "metrics") << Call("GET", "/metrics").body;
  auto checked =
      testbed::RunCommand({"sh", "-c", "promtool check metrics < " + (directory_ / "metrics").string() + " 2>&1"});
  EXPECT_TRUE(checked.ok()) << checked.error().message;
  EXPECT_EQ(checked ? *checked : "", "");
}

// Exit code 2 and file:line, before a port opens.
TEST_F(ProgramTest, BadConfigurationsAreRefusedWithTheirPlace) {
  Configure("act");
  const std::string good = [&] {
    std::ostringstream text;
    text << std::ifstream(directory_ / "webhook.yaml").rdbuf();
    return text.str();
  }();
  const std::string file = (directory_ / "webhook.yaml").string();
  const auto run = [&](const std::string& text) {
    std::ofstream(directory_ / "webhook.yaml") << text;
    auto output = testbed::RunCommand(
        {"sh", "-c", std::string(FOREWARN_WEBHOOK) + " --config.check --config.file=" + file + " 2>&1; echo exit $?"});
    return output ? *output : output.error().message;
  };
  EXPECT_THAT(run(good), HasSubstr("exit 0"));
  EXPECT_THAT(run(good + "surprise: 1\n"), testing::AllOf(HasSubstr(file + ":"), HasSubstr("exit 2")));
  EXPECT_THAT(run(good + "targets: []\n"), testing::AllOf(HasSubstr(file + ":"), HasSubstr("exit 2")));
  EXPECT_THAT(run("source: 1\n"), testing::AllOf(HasSubstr(file + ":1: source"), HasSubstr("exit 2")));
  EXPECT_THAT(run(good + "load_balancers: [{name: a, haproxy: nonsense}]\n"), HasSubstr("exit 2"));
  const auto with_journal = [&](const std::string& journal) {
    std::string text = good;
    const auto at = text.find("journal:");
    return text.replace(at, text.find('\n', at) - at, "journal: " + journal);
  };
  const std::string place = file + ":2: journal";
  EXPECT_THAT(run(with_journal("{postgres: {conninfo: 'host=x', lease: 5s}}")), HasSubstr("exit 0"));
  EXPECT_THAT(run(with_journal("{postgres: {conninfo: 'host=x', lease: 10ms}}")),
              testing::AllOf(HasSubstr(place), HasSubstr("lease"), HasSubstr("exit 2")));
  EXPECT_THAT(run(with_journal("{path: a, postgres: {conninfo: 'host=x'}}")),
              testing::AllOf(HasSubstr(place), HasSubstr("either"), HasSubstr("exit 2")));
  EXPECT_THAT(run(with_journal("{postgres: {conninfo: 'host=x password=y'}}")),
              testing::AllOf(HasSubstr(place), HasSubstr("password_file"), HasSubstr("exit 2")));
  std::filesystem::remove(directory_ / "webhook.yaml");
  auto missing = testbed::RunCommand(
      {"sh", "-c", std::string(FOREWARN_WEBHOOK) + " --config.file=" + file + " 2>&1; echo exit $?"});
  EXPECT_THAT(missing ? *missing : "", testing::AllOf(HasSubstr(file), HasSubstr("exit 2")));
}

TEST_F(ProgramTest, TheExampleIsGood) {
  auto checked = testbed::RunCommand(
      {FOREWARN_WEBHOOK, "--config.check", "--config.file=" FOREWARN_SOURCE_DIR "/docs/examples/webhook.yaml"});
  EXPECT_TRUE(checked.ok()) << checked.error().message;
}

}  // namespace
}  // namespace forewarn
