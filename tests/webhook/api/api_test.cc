// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>

#include "tests/webhook/engine/pipe_fixture.h"
#include "webhook/api/routes.h"

namespace forewarn::api {
namespace {

using Json = nlohmann::json;
using ::testing::HasSubstr;

class ApiTest : public engine::PipeFixture {
 protected:
  ApiTest() {
    engine_ = engine::Engine::Start(*parts_, *rules_).value();
    routes_ = Routes({*engine_, access_, [](const http::Request&) { return http::Text(200, "metrics"); },
                      [this]() -> base::Result<void> {
                        if (bad_config_) return base::Error{base::ErrorCode::kInvalid, "webhook.yaml:1: nonsense"};
                        return {};
                      }},
                     "/metrics");
  }
  ~ApiTest() override { engine_.reset(); }

  // From this machine, unless the request says otherwise.
  http::Response Call(const std::string& method, const std::string& path, http::Request request = {}) {
    if (request.peer.empty()) request.peer = "127.0.0.1";
    request.method = method;
    request.path = path;
    for (const http::Route& route : routes_) {
      if (route.method == method && Matches(route, path)) return route.handler(request);
    }
    return http::Text(404, "");
  }
  Json Mitigations(std::map<std::string, std::string> query = {}) {
    http::Request request;
    request.query = std::move(query);
    const http::Response response = Call("GET", "/api/v1/mitigations", request);
    EXPECT_EQ(response.status, 200) << response.body;
    return Json::parse(response.body).at("data").at("mitigations");
  }
  static http::Request Body(std::string body) {
    http::Request request;
    request.body = std::move(body);
    return request;
  }

  static bool Matches(const http::Route& route, const std::string& path) {
    if (!route.path.ends_with('*')) return route.path == path;
    return path.starts_with(route.path.substr(0, route.path.size() - 1));
  }

  Access access_;
  std::unique_ptr<engine::Engine> engine_;
  std::vector<http::Route> routes_;
  bool bad_config_ = false;
};

TEST_F(ApiTest, AlertsAreTakenOrRefusedByWhoseFaultItIs) {
  EXPECT_EQ(Call("POST", "/api/v1/alerts", Body(R"({"alerts":[]})")).status, 200);
  const http::Response bad = Call("POST", "/api/v1/alerts", Body("{}"));
  EXPECT_EQ(bad.status, 400);
  EXPECT_THAT(bad.body, HasSubstr("alerts: must be a list"));
  for (const http::Route& route : routes_) {
    if (route.path != "/api/v1/alerts") continue;
    EXPECT_EQ(route.content_type, "application/json");
    EXPECT_EQ(route.body_limit, 16u << 20);
  }
}

TEST_F(ApiTest, MitigationsSayWhatWasDoneAndWhy) {
  EXPECT_TRUE(Mitigations().empty());
  journal::Episode episode = Open();
  RunTo(episode, journal::State::kApplied);
  symptom_ = 0.1;
  RunTo(episode, journal::State::kClosed);
  const Json all = Mitigations();
  ASSERT_EQ(all.size(), 1u);
  const Json& one = all[0];
  EXPECT_EQ(one["domain"], "web-1");
  EXPECT_EQ(one["fault"], "DiskContention");
  EXPECT_EQ(one["confidence"], 0.9);
  EXPECT_EQ(one["severity"], 0.5);
  EXPECT_EQ(one["expected_time"], 1'700'000'600.0);
  EXPECT_EQ(one["evidence"], Json::parse(R"([{"signal":"disk_latency","score":1.5}])"));
  EXPECT_EQ(one["actuator"], "disk_io");
  EXPECT_EQ(one["from"], Json::parse(R"({"value":"100"})"));
  EXPECT_EQ(one["to"], Json::parse(R"({"value":"200"})"));
  EXPECT_EQ(one["outcome"], "relieved");
  for (const char* time : {"alerted", "intended", "applied", "verified", "reverted"}) {
    EXPECT_TRUE(one["times"][time].is_number()) << time;
  }
}

TEST_F(ApiTest, MitigationsAreFilteredAndNewestFirst) {
  Open("web-1");
  Open("web-2");
  EXPECT_EQ(Mitigations().at(0)["domain"], "web-2");
  EXPECT_EQ(Mitigations({{"domain", "web-1"}}).size(), 1u);
  EXPECT_EQ(Mitigations({{"fault", "MemoryLeak"}}).size(), 0u);
  EXPECT_EQ(Mitigations({{"limit", "1"}}).size(), 1u);
  EXPECT_TRUE(Mitigations().at(0)["outcome"].is_null());
  EXPECT_TRUE(Mitigations().at(0)["times"]["applied"].is_null());
  for (const char* limit : {"", "0", "-1", "1x", "99999999999999999999"}) {
    http::Request request;
    request.query["limit"] = limit;
    EXPECT_EQ(Call("GET", "/api/v1/mitigations", request).status, 400) << limit;
  }
}

TEST_F(ApiTest, TheKillSwitchIsShownAndSet) {
  EXPECT_EQ(Json::parse(Call("GET", "/api/v1/kill-switch").body)["data"]["engaged"], false);
  EXPECT_EQ(Call("PUT", "/api/v1/kill-switch", Body(R"({"engaged":true})")).status, 200);
  EXPECT_TRUE(kill_switch_.Read().engaged);
  EXPECT_EQ(Json::parse(Call("GET", "/api/v1/kill-switch").body)["data"]["engaged"], true);
  for (const char* bad : {"", "{}", "true", R"({"engaged":"false"})", R"({"engaged":false,"x":1})"}) {
    EXPECT_EQ(Call("PUT", "/api/v1/kill-switch", Body(bad)).status, 400) << bad;
    EXPECT_TRUE(kill_switch_.Read().engaged);
  }
  EXPECT_EQ(Call("PUT", "/api/v1/kill-switch", Body(R"({"engaged":false})")).status, 200);
  EXPECT_FALSE(kill_switch_.Read().engaged);
}

TEST_F(ApiTest, WhoeverMayNotActMayStillStop) {
  http::Request request = Body(R"({"engaged":true})");
  request.peer = "192.0.2.1";
  EXPECT_EQ(Call("PUT", "/api/v1/kill-switch", request).status, 200);
  request.body = R"({"engaged":false})";
  EXPECT_EQ(Call("PUT", "/api/v1/kill-switch", request).status, 403);
  EXPECT_TRUE(kill_switch_.Read().engaged);
}

constexpr const char* kWanted = R"({"domain":"web-1","fault":"DiskContention","request_id":"r1"})";

TEST_F(ApiTest, AMitigationIsAskedForOnce) {
  const http::Response first = Call("POST", "/api/v1/mitigations", Body(kWanted));
  ASSERT_EQ(first.status, 202) << first.body;
  const auto id = [](const http::Response& response) {
    return Json::parse(response.body)["data"]["mitigations"][0]["episode"].get<int>();
  };
  const http::Response again = Call("POST", "/api/v1/mitigations", Body(kWanted));
  EXPECT_EQ(again.status, 202);
  EXPECT_EQ(id(again), id(first));
  std::string other = kWanted;
  other.replace(other.find("web-1"), 5, "web-2");
  EXPECT_EQ(Call("POST", "/api/v1/mitigations", Body(other)).status, 409);
  EXPECT_EQ(Call("POST", "/api/v1/mitigations", Body("{}")).status, 400);
  EXPECT_EQ(Call("GET", "/api/v1/mitigations/" + std::to_string(id(first))).status, 200);
  EXPECT_EQ(Call("GET", "/api/v1/mitigations/77").status, 404);
  EXPECT_EQ(Call("GET", "/api/v1/mitigations/a.b").status, 400);
}

TEST_F(ApiTest, WishesAreLeftWhereTheyCanBeHad) {
  journal::Episode episode = Open();
  episode.state = journal::State::kWaiting;
  episode.approval = journal::Approval::kWaiting;
  ASSERT_TRUE(journal_->Save(episode));
  const std::string path = "/api/v1/mitigations/" + std::to_string(episode.id);
  EXPECT_EQ(Call("POST", path + "/undo").status, 404);
  EXPECT_EQ(Call("POST", path).status, 404);
  EXPECT_EQ(Call("POST", "/api/v1/mitigations/77/approve").status, 404);
  const http::Response asked = Call("POST", path + "/approve");
  ASSERT_EQ(asked.status, 202) << asked.body;
  const journal::Episode left = Reload();
  EXPECT_EQ(left.wish, journal::Wish::kApprove);
  EXPECT_EQ(left.wished_by, "127.0.0.1");
  EXPECT_EQ(Call("POST", path + "/approve").status, 202);
  episode.closed = clock_.Now();
  episode.state = journal::State::kClosed;
  ASSERT_TRUE(journal_->Save(episode));
  EXPECT_EQ(Call("POST", path + "/revert").status, 409);
  EXPECT_EQ(Call("POST", path + "/refuse").status, 409);
}

TEST_F(ApiTest, APlanSaysWhatWouldBeDoneAndWhoWouldRefuse) {
  http::Request request;
  request.query = {{"domain", "web-1"}, {"fault", "DiskContention"}};
  http::Response response = Call("GET", "/api/v1/plans", request);
  ASSERT_EQ(response.status, 200) << response.body;
  Json plan = Json::parse(response.body)["data"];
  ASSERT_EQ(plan["changes"].size(), 1u) << plan;
  EXPECT_EQ(plan["changes"][0]["actuator"], "disk_io");
  EXPECT_EQ(plan["changes"][0]["to"], Json::parse(R"({"value":"200"})"));
  EXPECT_TRUE(plan["refusals"].empty()) << plan;
  ASSERT_TRUE(kill_switch_.Engage());
  plan = Json::parse(Call("GET", "/api/v1/plans", request).body)["data"];
  EXPECT_EQ(plan["refusals"][0]["rail"], "kill_switch") << plan;
  EXPECT_TRUE(Mitigations().empty());
  EXPECT_EQ(Call("GET", "/api/v1/plans").status, 400);
}

// Each route stands in the contract, and each path of the contract is a route.
TEST_F(ApiTest, TheContractKnowsTheRoutes) {
  std::ifstream file(FOREWARN_SOURCE_DIR "/docs/openapi.yaml");
  std::set<std::string> documented, served;
  std::string path;
  std::vector<std::string> methods;
  const auto add = [&](bool ours) {
    const std::string prefix = path.substr(0, path.find('{'));
    for (const std::string& method : methods) {
      if (ours) documented.insert(method + " " + prefix + (prefix == path ? "" : "*"));
    }
  };
  for (std::string line; std::getline(file, line) && line != "components:";) {
    std::smatch found;
    if (std::regex_match(line, found, std::regex("  (/.*):"))) path = found[1], methods.clear();
    if (std::regex_match(line, found, std::regex("    (get|post|put):.*"))) {
      std::string method = found[1];
      for (char& c : method) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
      methods = {method};
      if (line.find('*') != std::string::npos) add(true);  // as the one before it
    }
    if (line.find("tags: [") != std::string::npos) add(line.find("webhook") != std::string::npos);
  }
  served = {"GET /"};  // by webhook/pages
  for (const http::Route& route : routes_) served.insert(route.method + " " + route.path);
  EXPECT_EQ(documented, served);
}

TEST_F(ApiTest, NoPageInABrowserChangesAnything) {
  http::Request request = Body(R"({"engaged":true})");
  request.headers["origin"] = "http://evil.example";
  EXPECT_EQ(Call("PUT", "/api/v1/kill-switch", request).status, 403);
  EXPECT_EQ(Call("POST", "/api/v1/alerts", request).status, 403);
  EXPECT_EQ(Call("POST", "/-/reload", request).status, 403);
  EXPECT_FALSE(kill_switch_.Read().engaged);
}

TEST_F(ApiTest, ARefusedReloadSaysWhy) {
  EXPECT_EQ(Call("POST", "/-/reload").status, 200);
  bad_config_ = true;
  const http::Response response = Call("POST", "/-/reload");
  EXPECT_EQ(response.status, 500);
  EXPECT_THAT(response.body, HasSubstr("webhook.yaml:1: nonsense"));
}

TEST_F(ApiTest, HealthAndReadiness) {
  EXPECT_EQ(Call("GET", "/-/healthy").status, 200);
  EXPECT_EQ(Call("GET", "/-/ready").status, 200);
  EXPECT_EQ(Call("GET", "/metrics").body, "metrics");
}

}  // namespace
}  // namespace forewarn::api
