// SPDX-License-Identifier: Apache-2.0
#include "exporter/publish/routes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/exporter/publish/fixture.h"

namespace forewarn::publish {
namespace {

using testing::HasSubstr;
using testing::Not;

class RoutesTest : public testing::Test {
 protected:
  RoutesTest() {
    RouteParts parts;
    parts.telemetry_path = "/telemetry";
    parts.publisher = publisher_;
    parts.registry = self_.registry();
    parts.reload = [this]() { return reload_; };
    routes_ = Routes(parts);
  }

  http::Response Ask(const std::string& method, const std::string& path) {
    for (const auto& route : routes_) {
      if (route.method == method && route.path == path) return route.handler({});
    }
    ADD_FAILURE() << "no route " << method << " " << path;
    return {};
  }

  SelfMetrics self_;
  std::shared_ptr<Publisher> publisher_ = std::make_shared<Publisher>();
  base::Result<void> reload_;
  std::vector<http::Route> routes_;
};

TEST_F(RoutesTest, IsReadyAfterTheFirstTick) {
  EXPECT_EQ(Ask("GET", "/-/healthy").status, 200);
  EXPECT_EQ(Ask("GET", "/-/ready").status, 503);
  EXPECT_EQ(Ask("GET", "/api/v1/predictions").status, 503);
  publisher_->Publish(SampleTick().Of());
  EXPECT_EQ(Ask("GET", "/-/ready").status, 200);
  EXPECT_EQ(Ask("GET", "/api/v1/predictions").status, 200);
}

TEST_F(RoutesTest, ReloadSaysWhyItFailed) {
  EXPECT_EQ(Ask("POST", "/-/reload").status, 200);
  reload_ = base::Error{base::ErrorCode::kInvalid, "x.yaml:1: tick: not a duration"};
  const auto response = Ask("PUT", "/-/reload");
  EXPECT_EQ(response.status, 500);
  EXPECT_THAT(response.body, HasSubstr("failed to reload config: x.yaml:1: tick: not a duration"));
}

TEST_F(RoutesTest, CountersExistFromTheStart) {
  self_.SetSignals({"cpu_usage"});
  const std::string text = Ask("GET", "/telemetry").body;
  for (const char* line :
       {"forewarn_ticks_total 0\n", "forewarn_tick_failures_total 0\n", "forewarn_source_warnings_total 0\n",
        "forewarn_series_dropped_total{reason=\"no_domain\"} 0\n",
        "forewarn_series_dropped_total{reason=\"ambiguous\"} 0\n",
        "forewarn_series_dropped_total{reason=\"not_finite\"} 0\n", "forewarn_tick_duration_seconds_count 0\n",
        "forewarn_up 0\n", "forewarn_source_series 0\n", "forewarn_config_last_reload_successful 0\n"}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
  EXPECT_THAT(text, HasSubstr("forewarn_source_errors_total{"));
  EXPECT_THAT(text, HasSubstr("forewarn_build_info{"));
  EXPECT_THAT(text, HasSubstr("process_start_time_seconds "));
  EXPECT_THAT(text, Not(HasSubstr("forewarn_fault_")));
}

TEST_F(RoutesTest, TellsOfTicksAndReloads) {
  const auto took = std::chrono::milliseconds(20);
  self_.TickSucceeded(took, base::FromSeconds(1700000000));
  self_.TickFailed(took);
  self_.SourceFailed("cpu_usage", base::ErrorCode::kTimeout);
  self_.SourceFailed("cpu_usage", base::ErrorCode::kConflict);
  self_.SeriesReceived(42);
  self_.SeriesDropped("ambiguous", 3);
  self_.ReloadSucceeded(base::FromSeconds(1700000000));
  std::string text = Ask("GET", "/telemetry").body;
  for (const char* line : {"forewarn_ticks_total 2\n", "forewarn_tick_failures_total 1\n", "forewarn_up 0\n",
                           "forewarn_source_series 42\n", "forewarn_series_dropped_total{reason=\"ambiguous\"} 3\n",
                           "forewarn_config_last_reload_successful 1\n", "forewarn_tick_duration_seconds_count 2\n"}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
  EXPECT_THAT(text, HasSubstr("reason=\"timeout\",signal=\"cpu_usage\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("reason=\"unavailable\",signal=\"cpu_usage\"} 1\n"));
  self_.ReloadFailed();
  self_.TickSucceeded(took, base::FromSeconds(1700000001));
  text = Ask("GET", "/telemetry").body;
  EXPECT_THAT(text, HasSubstr("forewarn_config_last_reload_successful 0\n"));
  EXPECT_THAT(text, HasSubstr("forewarn_up 1\n"));
}

}  // namespace
}  // namespace forewarn::publish
