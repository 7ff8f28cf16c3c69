// SPDX-License-Identifier: Apache-2.0
#include "common/html/page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "common/html/chart.h"

namespace forewarn::html {
namespace {

using testing::HasSubstr;
using testing::Not;

const Site kSite{"A & B", "/ops/a", {{"/m", "Metrics", "of itself"}, {"https://docs.example/", "Documents"}}};

TEST(Page, HasAFrameForKeyboardsAndScreenReaders) {
  const http::Response response = Answer(kSite, {200, "<now>", Text("content")});
  EXPECT_EQ(response.content_type, "text/html; charset=utf-8");
  for (const char* part : {"<!DOCTYPE html>", "<html lang=\"en\">", "<a class=\"skip\" href=\"#main\">", "<header>",
                           "<nav aria-label=", "<main id=\"main\" tabindex=\"-1\"><h1>&#60;now&#62;</h1>content</main>",
                           "<footer>", "<title>&#60;now&#62; · A &#38; B</title>", "width=device-width"}) {
    EXPECT_THAT(response.body, HasSubstr(part));
  }
}

TEST(Page, AsksForNothingButItsStyleSheet) {
  const http::Response response = Answer(kSite, {200, "now", {}});
  EXPECT_THAT(response.headers.at("Content-Security-Policy"), HasSubstr("default-src 'none'; style-src 'self'"));
  for (const char* what : {"form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"}) {
    EXPECT_THAT(response.headers.at("Content-Security-Policy"), HasSubstr(what));
  }
  EXPECT_EQ(response.headers.at("Cache-Control"), "no-store");
  for (const char* what : {"<script", "<style", " style=", "src="}) EXPECT_THAT(response.body, Not(HasSubstr(what)));
  EXPECT_THAT(response.body, HasSubstr("<link rel=\"stylesheet\" href=\"/ops/a/static/style.css?"));
  const http::Route style = StyleRoute();
  EXPECT_EQ(style.path, "/static/style.css");
  EXPECT_EQ(style.handler({}).content_type, "text/css; charset=utf-8");
  EXPECT_THAT(style.handler({}).body, Not(HasSubstr("url(")));
}

TEST(Page, AddressesAreBelowThePrefix) {
  const http::Response response = Answer(kSite, {404, "none", Anchor(kSite, "/x?a=1&b=2", "x")});
  EXPECT_EQ(response.status, 404);
  EXPECT_THAT(response.body, HasSubstr("<a href=\"/ops/a/x?a=1&#38;b=2\">x</a>"));
  EXPECT_THAT(response.body, HasSubstr("<a href=\"/ops/a/m\">Metrics</a>"));
  EXPECT_THAT(response.body, HasSubstr("<a href=\"https://docs.example/\">Documents</a>"));
  const http::Response other = SeeOther(kSite, "/done");
  EXPECT_EQ(other.status, 303);
  EXPECT_EQ(other.headers.at("Location"), "/ops/a/done");
}

TEST(Page, OfAProgramWithoutPagesLists) {
  const Page page = LandingPage(kSite, "<b>what it is</b>");
  EXPECT_EQ(page.title, "A & B");
  EXPECT_THAT(page.main.str(), HasSubstr("&#60;b&#62;what it is"));
  EXPECT_THAT(page.main.str(), HasSubstr("<a href=\"/ops/a/m\">Metrics</a>: of itself"));
}

TEST(Bar, SaysItsValueInText) {
  EXPECT_THAT(Bar(0.5, {0.75}).str(), HasSubstr("width=\"32\""));
  EXPECT_THAT(Bar(0.5, {0.75}).str(), HasSubstr("x1=\"48\""));
  EXPECT_THAT(Bar(0.5, {}).str(), HasSubstr("50\u00a0%"));
  EXPECT_EQ(Bar(std::nan(""), {}).str(), "–");
}

Chart Drawn() {
  Chart chart;
  chart.start = 1700000000, chart.end = 1700000100, chart.what = "a \"signal\"";
  chart.lines = {{"value", {{1700000000, 0}, {1700000010, 1}, {1700000020, std::nan("")}, {1700000030, 2}}}};
  chart.band = {{1700000000, -1, 1}, {1700000010, -1, 1}};
  chart.shades = {{1700000050, 1700000100, "ahead"}};
  chart.marks = {{1700000090, "<then>"}};
  return chart;
}

TEST(Chart, DrawsLinesWithGapsBandsShadesAndMarks) {
  const std::string svg = Draw(Drawn()).str();
  EXPECT_THAT(svg, HasSubstr("role=\"img\" aria-label=\"a &#34;signal&#34;\""));
  EXPECT_THAT(svg, testing::ContainsRegex("class=\"value\" d=\"M[0-9. ]+L[0-9. ]+M[0-9. ]+\""));
  EXPECT_THAT(svg, testing::ContainsRegex("class=\"band\" d=\"M[0-9. ]+L[0-9. ]+L[0-9. ]+L[0-9. ]+Z\""));
  EXPECT_THAT(svg, HasSubstr("class=\"shade\""));
  EXPECT_THAT(svg, HasSubstr("<title>&#60;then&#62;</title>"));
  EXPECT_THAT(svg, HasSubstr(">22:13:20</text>"));
  for (const char* what : {" style=", "nan", "inf"}) EXPECT_THAT(svg, Not(HasSubstr(what)));
}

TEST(Chart, HasPlacesForWhateverItIsGiven) {
  Chart chart = Drawn();
  chart.lines[0].points = {{1700000000, -1.7e308}, {1700000010, 1.7e308}, {1e300, 5}};
  EXPECT_THAT(Draw(chart).str(), Not(HasSubstr("nan")));
  chart.lines.clear(), chart.band.clear(), chart.end = chart.start;
  EXPECT_THAT(Draw(chart).str(), Not(HasSubstr("nan")));
}

}  // namespace
}  // namespace forewarn::html
