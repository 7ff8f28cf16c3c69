// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "exporter/page/routes.h"
#include "tests/exporter/publish/fixture.h"

namespace forewarn::page {
namespace {

using publish::SampleTick;
using testing::HasSubstr;
using testing::Not;

class PageTest : public testing::Test {
 protected:
  std::string Ask(std::map<std::string, std::string> query = {}, const std::string& external_url = "") const {
    const auto look = [this] { return standing_; };
    const auto routes =
        Routes({publisher_, trails_, look, http::ParseWebPaths(external_url, "").value(), "/telemetry"});
    http::Request request;
    request.query = std::move(query);
    const http::Response response = routes.at(0).handler(request);
    EXPECT_EQ(response.status, 200);
    return response.body;
  }
  // Publishes and remembers.
  void Tick(const SampleTick& sample) {
    SampleTick tick = sample;
    tick.snapshot.instances = &tick.instances;
    tick.snapshot.signals = &tick.signals;
    publisher_->Publish(tick.Of());
    trails_->Add(*publisher_->Current());
  }

  std::shared_ptr<publish::Publisher> publisher_ = std::make_shared<publish::Publisher>();
  std::shared_ptr<Trails> trails_ = std::make_shared<Trails>();
  publish::SelfMetrics::Standing standing_;
};

TEST_F(PageTest, SaysThatThereIsNoReport) {
  standing_.training = true;
  publisher_->SetThresholds({{"DiskContention", {}}});
  const std::string page = Ask();
  EXPECT_THAT(page, HasSubstr("no tick has succeeded lately"));
  EXPECT_THAT(page, HasSubstr("learning from history"));
  EXPECT_THAT(page, HasSubstr("data-column=\"Mitigate\" class=\"number\" role=\"cell\">70\u00a0%"));
  EXPECT_THAT(page, HasSubstr("none: it began cold"));
}

TEST_F(PageTest, ShowsPredictionsTheSurestFirstWithStageAndEvidence) {
  publisher_->SetThresholds({{"DiskContention", {0.5, 0.6, 0.7, 0.6}}, {"Unknown", {0.92, 0.95, 0.99, 0.6}}});
  Tick({});
  const std::string page = Ask();
  EXPECT_LT(page.find(">Unknown<"), page.find(">DiskContention<"));
  EXPECT_THAT(page, HasSubstr("<span class=\"badge bad\">mitigate</span>"));
  EXPECT_THAT(page, HasSubstr("<span class=\"badge quiet\">below notify</span>"));
  EXPECT_THAT(page, HasSubstr("disk_latency 3.5"));
  EXPECT_THAT(page, HasSubstr("<h3>DiskContention of vm1</h3>"));
  EXPECT_THAT(page, HasSubstr("0.2, ordinary 0.005 to 0.015; score 3.5 (forecast)"));
  EXPECT_THAT(page, HasSubstr("<svg class=\"chart\""));
  EXPECT_THAT(page, HasSubstr("href=\"/telemetry\""));
}

TEST_F(PageTest, ForeignNamesAreEscaped) {
  SampleTick sample;
  sample.instances.SlotOf("<script>");
  sample.hypervisors = {"<b>", "<i>"};
  sample.output.predictions[0].instance = 2;
  sample.output.predictions[1].fault = "<u>";
  Tick(sample);
  for (const std::string& page : {Ask(), Ask({{"domain", "\"><script>"}})}) {
    for (const char* raw : {"<script", "<b>", "<i>", "<u>"}) EXPECT_THAT(page, Not(HasSubstr(raw)));
  }
  EXPECT_THAT(Ask(), HasSubstr("&#60;script&#62;"));
}

TEST_F(PageTest, IsFilteredByDomainAndFault) {
  Tick({});
  const std::string page = Ask({{"domain", "vm1"}});
  EXPECT_THAT(page, HasSubstr("The surest 1 of 1"));
  EXPECT_THAT(page, Not(HasSubstr(">Unknown<")));
  EXPECT_THAT(page, HasSubstr("value=\"vm1\""));
  EXPECT_THAT(Ask({{"fault", "Other"}}), HasSubstr("Nothing is predicted."));
}

TEST_F(PageTest, EveryAddressIsBelowThePrefix) {
  Tick({});
  const std::string page = Ask({}, "https://ops.example/exporter");
  for (const char* address :
       {"href=\"/exporter/telemetry\"", "href=\"/exporter/static/style.css", "action=\"/exporter/\""}) {
    EXPECT_THAT(page, HasSubstr(address));
  }
  for (const char* outside : {"href=\"/telemetry", "href=\"/static", "href=\"/#", "action=\"/\""}) {
    EXPECT_THAT(page, Not(HasSubstr(outside)));
  }
}

TEST_F(PageTest, TrailsGrowByATickAndAreBounded) {
  SampleTick sample;
  for (std::size_t i = 0; i < Trails::kLength + 10; ++i) {
    sample.snapshot.time += 5;
    Tick(sample);
    Tick(sample);  // the same tick again is nothing new
  }
  const auto trail = trails_->Of("vm1", "disk_latency");
  ASSERT_EQ(trail.size(), Trails::kLength);
  EXPECT_EQ(trail.back().time, sample.snapshot.time);
  EXPECT_FLOAT_EQ(static_cast<float>(trail.back().band), 0.005f);
  EXPECT_TRUE(trails_->Of("vm1", "other").empty());
}

TEST_F(PageTest, ATrailThatNothingIsAddedToEnds) {
  SampleTick sample;
  Tick(sample);
  sample.output.predictions.erase(sample.output.predictions.begin());
  sample.snapshot.time += 59;
  Tick(sample);
  EXPECT_EQ(trails_->Of("vm1", "disk_latency").size(), 1U);
  sample.snapshot.time += 2;
  Tick(sample);
  EXPECT_TRUE(trails_->Of("vm1", "disk_latency").empty());
}

}  // namespace
}  // namespace forewarn::page
