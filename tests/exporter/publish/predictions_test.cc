// SPDX-License-Identifier: Apache-2.0
#include "exporter/publish/predictions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "exporter/publish/publisher.h"
#include "tests/exporter/publish/fixture.h"

namespace forewarn::publish {
namespace {

using nlohmann::json;

class Predictions : public testing::Test {
 protected:
  Predictions() { publisher_.Publish(SampleTick().Of()); }

  json Get(std::map<std::string, std::string> query, int status = 200) {
    http::Request request;
    request.query = std::move(query);
    const auto response = PredictionsResponse(publisher_.Current().get(), request);
    EXPECT_EQ(response.status, status) << response.body;
    return json::parse(response.body);
  }
  std::size_t Count(std::map<std::string, std::string> query) {
    return Get(std::move(query))["data"]["predictions"].size();
  }

  Publisher publisher_;
};

TEST_F(Predictions, TellsAllWithEvidenceTheSurestFirst) {
  const json answer = Get({});
  EXPECT_EQ(answer["status"], "success");
  EXPECT_EQ(answer["data"]["time"], 1700000000.0);
  const json& rows = answer["data"]["predictions"];
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0]["fault"], "Unknown");
  EXPECT_EQ(rows[0]["domain"], "v\"m\n2");
  EXPECT_TRUE(rows[0]["hypervisor"].is_null());
  EXPECT_TRUE(rows[0]["expected_time"].is_null());
  EXPECT_TRUE(rows[0]["evidence"].empty());
  EXPECT_EQ(rows[1], json::parse(R"({"domain":"vm1","hypervisor":"host1","fault":"DiskContention","confidence":0.75,
    "severity":0.5,"expected_time":1700000060.0,"horizon_seconds":300.0,"manifested":false,"shared":false,"evidence":[{"signal":"disk_latency",
    "value":0.2,"expected":0.01,"score":3.5,"detector":"forecast"}]})"));
}

TEST_F(Predictions, Filters) {
  EXPECT_EQ(Count({{"domain", "vm1"}}), 1u);
  EXPECT_EQ(Count({{"domain", "vm"}}), 0u);
  EXPECT_EQ(Count({{"fault", "Unknown"}}), 1u);
  EXPECT_EQ(Count({{"min_confidence", "0.75"}}), 2u);
  EXPECT_EQ(Count({{"min_confidence", "0.8"}}), 1u);
  EXPECT_EQ(Count({{"domain", "vm1"}, {"fault", "Unknown"}}), 0u);
  EXPECT_EQ(Count({{"something", "else"}}), 2u);
}

TEST_F(Predictions, TellsWhatBefallsAHypervisor) {
  SampleTick tick;
  tick.ShareByHost();
  publisher_.Publish(tick.Of());
  EXPECT_EQ(Get({})["data"]["hypervisors"], json::parse(R"([{"hypervisor":"host1","fault":"DiskContention",
    "confidence":0.75,"severity":0.5,"expected_time":1700000060.0,"horizon_seconds":300.0,"domains":["vm1"]}])"));
  EXPECT_EQ(Get({{"domain", "vm1"}})["data"]["predictions"][0]["shared"], true);
  EXPECT_EQ(Get({{"domain", "vm1"}})["data"]["hypervisors"].size(), 1u);
  EXPECT_TRUE(Get({{"domain", "vm2"}})["data"]["hypervisors"].empty());
  EXPECT_TRUE(Get({{"fault", "Unknown"}})["data"]["hypervisors"].empty());
  EXPECT_TRUE(Get({{"min_confidence", "0.8"}})["data"]["hypervisors"].empty());
}

TEST_F(Predictions, RefusesAFilterThatIsNoNumber) {
  for (const char* text : {"high", "0.5x", "nan", " 1"}) {
    EXPECT_EQ(Get({{"min_confidence", text}}, 400)["status"], 400) << text;
  }
}

TEST_F(Predictions, SurvivesNamesThatAreNoUtf8) {
  SampleTick tick;
  tick.instances.SlotOf("\xff\xfe");
  tick.output.predictions[0].instance = 2;
  publisher_.Publish(tick.Of());
  EXPECT_EQ(Count({}), 2u);
}

TEST(PredictionsResponse, SaysThatThereIsNothingFresh) {
  const auto response = PredictionsResponse(nullptr, {});
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(json::parse(response.body)["status"], 503);
}

}  // namespace
}  // namespace forewarn::publish
