// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

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
    routes_ = Routes({*engine_, [](const http::Request&) { return http::Text(200, "metrics"); },
                      [this]() -> base::Result<void> {
                        if (bad_config_) return base::Error{base::ErrorCode::kInvalid, "webhook.yaml:1: nonsense"};
                        return {};
                      }},
                     "/metrics");
  }
  ~ApiTest() override { engine_.reset(); }

  http::Response Call(const std::string& method, const std::string& path, http::Request request = {}) {
    request.method = method;
    request.path = path;
    for (const http::Route& route : routes_) {
      if (route.method == method && route.path == path) return route.handler(request);
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

TEST_F(ApiTest, HealthReadinessAndLanding) {
  EXPECT_EQ(Call("GET", "/-/healthy").status, 200);
  EXPECT_EQ(Call("GET", "/-/ready").status, 200);
  EXPECT_EQ(Call("GET", "/metrics").body, "metrics");
  EXPECT_THAT(Call("GET", "/").body, HasSubstr("Forewarn Webhook"));
}

}  // namespace
}  // namespace forewarn::api
