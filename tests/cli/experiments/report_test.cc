// SPDX-License-Identifier: Apache-2.0
#include "cli/experiments/report.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "cli/experiments/score.h"

namespace forewarn::trials {
namespace {

using Json = nlohmann::json;
using testing::HasSubstr;
using testing::Not;

Json Experiment(const std::string& fault, const Json& verdict) {
  return {{"id", 1},
          {"domain", "web-1"},
          {"fault", fault},
          {"open", false},
          {"phase", "over"},
          {"verdict", verdict},
          {"times", {{"alerted", 1000}}}};
}

TEST(Score, IsWhatMayBeSaidForSure) {
  std::vector<Json> all;
  for (int i = 0; i < 10; ++i) all.push_back(Experiment("A", "passed"));
  all.push_back(Experiment("B", "passed"));
  all.push_back(Experiment("B", "failed"));
  all.push_back(Experiment("C", "inconclusive"));
  all.push_back(Experiment("C", nullptr));
  Json open = Experiment("C", "failed");
  open["open"] = true, open["phase"] = "settling";  // it may still become something else
  all.push_back(open);
  const auto scores = ScoresOf(all);
  ASSERT_EQ(scores.size(), 3u);
  EXPECT_NEAR(scores[0].Resilience().value(), 0.7225, 0.0001);  // of 10 of 10, by Wilson
  EXPECT_NEAR(scores[1].Resilience().value(), 0.0945, 0.0001);  // of 1 of 2
  EXPECT_FALSE(scores[2].Resilience());
  EXPECT_EQ(scores[2].inconclusive, 1u);
  EXPECT_EQ(scores[2].refused, 1u);
  EXPECT_EQ(scores[2].open, 1u);
  EXPECT_TRUE(ScoresJson(scores)[2]["resilience"].is_null());
}

Picture Drawn() {
  Picture picture;
  picture.start = 1000, picture.end = 1100, picture.step = 10;
  const double nan = std::numeric_limits<double>::quiet_NaN();
  picture.series = {{{{"domain", "web-2"}}, {1000, 1010, 1020, 1060, 1070}, {1, 2, nan, 3, 2}}};
  picture.spans = {{1010, 1090, true, "injection: <disk_io>"}, {1030, 1090, false, "mitigation: memory"}};
  return picture;
}

TEST(Picture, ShowsTheSignalItsGapsAndWhatWasDone) {
  const std::string svg = Svg(Drawn());
  EXPECT_THAT(svg, HasSubstr("<path class=\"signal\" d=\"M70.0 176.0 L134.0 99.0 M454.0 22.0 L518.0 99.0\"/>"));
  EXPECT_THAT(svg, HasSubstr("<rect class=\"injection\" x=\"134.0\" width=\"512.0\""));
  EXPECT_THAT(svg, HasSubstr("<rect class=\"mitigation\" x=\"262.0\" width=\"384.0\""));
  EXPECT_THAT(svg, HasSubstr("injection: &#60;disk_io&#62;"));
  EXPECT_THAT(svg, HasSubstr(">1970-01-01T00:16:40Z<"));
}

TEST(Picture, IsDrawnOfWhateverThereIs) {
  for (const std::vector<double>& values : {std::vector<double>{}, {5, 5}, {-1e308, 1e308}, {INFINITY, NAN}}) {
    Picture picture;
    picture.series = {{{}, std::vector<double>(values.size(), 0), values}};
    picture.spans = {{-5, 1e300, true, ""}};
    const std::string svg = Svg(picture);
    EXPECT_THAT(svg, Not(testing::ContainsRegex("[\" ](nan|-nan|inf|-inf)")));
  }
}

TEST(Page, AsksForNothingAndIsEscaped) {
  const std::string evil = "<script src=http://evil.example>\"'&";
  Json experiment = Experiment(evil, "failed");
  experiment["domain"] = experiment["reason"] = experiment["name"] = experiment["started_by"] = evil;
  experiment["signal"] = "up{domain=\"" + evil + "\"}";
  experiment["events"] = {{{"time", 1001}, {"what", evil}, {"symptom", 2}}};
  experiment["changes"] = {{{"actuator", evil}, {"from", {{evil, evil}}}, {"injection", true}}};
  Account account{evil, 2000, {{experiment, Drawn(), ""}, {experiment, {}, evil}}};
  const std::string page = Page(account);
  EXPECT_THAT(page, Not(HasSubstr("<script")));
  EXPECT_THAT(page, HasSubstr("default-src 'none'"));
  EXPECT_THAT(page, HasSubstr("prefers-color-scheme: dark"));
  EXPECT_THAT(page, HasSubstr("<svg "));
  EXPECT_THAT(page, HasSubstr("No picture: &#60;script"));
  for (const char* asks : {"<link", "<img", "@import", "url(", " href=", " onload="}) {
    EXPECT_THAT(page, Not(HasSubstr(asks))) << asks;
  }
}

TEST(AccountJson, HasTheSignals) {
  Account account{"day", 2000, {{Experiment("A", "passed"), Drawn(), ""}, {Experiment("A", "failed"), {}, "why"}}};
  const Json json = Json::parse(AccountJson(account));
  EXPECT_EQ(json["scores"].size(), 1u);
  EXPECT_EQ(json["experiments"][0]["series"][0]["samples"][1], Json::parse("[1010.0,2.0]"));
  EXPECT_TRUE(json["experiments"][0]["series"][0]["samples"][2][1].is_null());
  EXPECT_EQ(json["experiments"][1]["no_series"], "why");
}

}  // namespace
}  // namespace forewarn::trials
