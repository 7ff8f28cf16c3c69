// SPDX-License-Identifier: Apache-2.0
#include "common/promql/parse.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "common/promql/labels.h"

namespace forewarn::promql {
namespace {

using base::ErrorCode;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

base::Result<Vector> Parse(std::string body, std::size_t max_series = 1000) {
  simdjson::ondemand::parser parser;
  Vector answer;
  answer.buffer = std::move(body);
  return ParseVector(parser, std::move(answer), max_series);
}

std::string VectorOf(const std::string& rows) {
  return R"({"status":"success","data":{"resultType":"vector","result":[)" + rows + "]}}";
}

TEST(ParseVector, GivesRowsInColumns) {
  const auto parsed =
      Parse(VectorOf(R"({"metric":{"__name__":"up","domain":"vm1","job":"node"},"value":[1700000000.123,"1"]},)"
                     R"({"metric":{"domain":"vm2"},"value":[1700000000.123,"0.30000000000000004"]})"));
  ASSERT_TRUE(parsed.ok());
  EXPECT_THAT(parsed->values, ElementsAre(1, 0.30000000000000004));
  EXPECT_EQ(parsed->time, 1700000000.123);
  EXPECT_EQ(parsed->Label(0, "domain"), "vm1");
  EXPECT_EQ(parsed->Label(0, "absent"), "");
  EXPECT_EQ(parsed->LabelBytes(1), R"({"domain":"vm2"})");
  EXPECT_THAT(parsed->Labels(0), ElementsAre(Pair("__name__", "up"), Pair("domain", "vm1"), Pair("job", "node")));
}

TEST(ParseVector, ReadsEveryFormOfNumber) {
  const auto parsed = Parse(VectorOf(
      R"({"metric":{},"value":[1,"NaN"]},{"metric":{},"value":[1,"+Inf"]},{"metric":{},"value":[1,"-Inf"]},)"
      R"({"metric":{},"value":[1,"1e+06"]},{"metric":{},"value":[1,"-2.5e-09"]},{"metric":{},"value":[1,"0"]})"));
  ASSERT_TRUE(parsed.ok());
  EXPECT_TRUE(std::isnan(parsed->values[0]));
  EXPECT_EQ(parsed->values[1], INFINITY);
  EXPECT_EQ(parsed->values[2], -INFINITY);
  EXPECT_EQ(parsed->values[3], 1e6);
  EXPECT_EQ(parsed->values[4], -2.5e-9);
}

TEST(ParseVector, UnescapesLabels) {
  const auto parsed = Parse(VectorOf(
      R"({"metric":{"domain":"a\"b\\c","path":"\u003cx\u003e"},"value":[1,"1"]},{"metric":{"domain":"ü"},"value":[1,"2"]})"));
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed->Label(0, "domain"), "a\"b\\c");
  EXPECT_EQ(parsed->Label(0, "path"), "<x>");
  EXPECT_EQ(parsed->Label(0, "absent"), "");
  EXPECT_EQ(parsed->Label(1, "domain"), "ü");
  EXPECT_EQ(parsed->Labels(0).size(), 2u);
}

TEST(ParseVector, SurvivesBeingMoved) {
  auto parsed = Parse(VectorOf(R"({"metric":{"a":"b"},"value":[1,"1"]})"));
  ASSERT_TRUE(parsed.ok());
  const Vector moved = std::move(*parsed);
  EXPECT_EQ(moved.Label(0, "a"), "b");
}

TEST(ParseVector, LeavesNativeHistogramsOut) {
  const auto parsed =
      Parse(VectorOf(R"({"metric":{"a":"1"},"histogram":[1,{"count":"5","sum":"1","buckets":[[0,"1","2","3"]]}]},)"
                     R"({"histogram":[1,{"count":"5"}],"metric":{"a":"2"},"value":[1,"7"]})"));
  ASSERT_TRUE(parsed.ok());
  EXPECT_THAT(parsed->values, ElementsAre(7));
  EXPECT_EQ(parsed->Label(0, "a"), "2");
  EXPECT_THAT(parsed->warnings, ElementsAre("1 native histograms left out"));
}

TEST(ParseVector, TakesScalarsWarningsAndAnyOrderOfKeys) {
  const auto scalar = Parse(R"({"status":"success","data":{"resultType":"scalar","result":[5,"42"]}})");
  ASSERT_TRUE(scalar.ok());
  EXPECT_THAT(scalar->values, ElementsAre(42));
  EXPECT_EQ(scalar->Label(0, "a"), "");

  const auto turned = Parse(
      R"({"warnings":["slow store"],"isPartial":true,"data":{"result":[{"value":[1,"2"],"metric":{"a":"b"}}],"resultType":"vector"},)"
      R"("infos":["x"],"status":"success","stats":{"seriesFetched":"2"}})");
  ASSERT_TRUE(turned.ok()) << turned.error().message;
  EXPECT_EQ(turned->Label(0, "a"), "b");
  EXPECT_THAT(turned->warnings, ElementsAre("slow store", "the answer is partial"));
}

TEST(ParseVector, TakesAnEmptyVector) {
  const auto parsed = Parse(VectorOf(""));
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed->size(), 0u);
}

TEST(ParseVector, RefusesWhatIsNoAnswer) {
  for (const char* body :
       {"",
        " ",
        "null",
        "42",
        "[]",
        "{}",
        "\"success\"",
        "<html><body>Bad Gateway</body></html>",
        "{\"status\":\"success\"}",
        R"({"status":"error","errorType":"execution","error":"x"})",
        R"({"status":"success","data":[]})",
        R"({"status":"success","data":{"resultType":"matrix","result":[]}})",
        R"({"status":"success","data":{"resultType":"vector","result":{}}})",
        R"({"status":"success","data":{"resultType":"vector","result":[1]}})",
        R"({"status":"success","data":{"resultType":"vector","result":[{"value":[1,"1"]}]}})",
        R"({"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1]}]}})",
        R"({"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,2]}]}})",
        R"({"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,"1","2"]}]}})",
        R"({"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,"1x"]}]}})",
        R"({"status":"success","data":{"resultType":"vector","result":[{"metric":{"a\n":1},"value":[1,"1"]}]}})"}) {
    const auto parsed = Parse(body);
    ASSERT_FALSE(parsed.ok()) << body;
    EXPECT_EQ(parsed.error().code, ErrorCode::kInvalid);
    EXPECT_THAT(parsed.error().message, HasSubstr("no PromQL answer")) << body;
  }
}

TEST(ParseVector, EveryTruncationIsAnError) {
  const std::string whole = VectorOf(
      R"({"metric":{"domain":"vm\"1","job":"node"},"value":[1700000000.123,"1"]},{"metric":{"a":"b"},"value":[1,"2"]})");
  ASSERT_TRUE(Parse(whole).ok());
  for (std::size_t size = 0; size < whole.size(); ++size) EXPECT_FALSE(Parse(whole.substr(0, size)).ok()) << size;
}

TEST(ParseVector, AnyChangedByteIsAValueOrAnError) {
  const std::string whole = VectorOf(R"({"metric":{"domain":"v\\1","job":"n"},"value":[1700000000.123,"1"]})");
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (const char byte : {'\0', '"', '\\', '{', '}', '[', ']', ',', ':', '\xff', '9'}) {
      std::string changed = whole;
      changed[at] = byte;
      const auto parsed = Parse(changed);
      for (std::size_t row = 0; parsed && row < parsed->size(); ++row) {
        parsed->Label(row, "domain");
        parsed->Labels(row);
      }
    }
  }
}

TEST(ParseVector, BoundsTheRows) {
  const std::string rows = R"({"metric":{"a":"1"},"value":[1,"1"]},{"metric":{"a":"2"},"value":[1,"1"]})";
  EXPECT_TRUE(Parse(VectorOf(rows), 2).ok());
  const auto parsed = Parse(VectorOf(rows), 1);
  ASSERT_FALSE(parsed.ok());
  EXPECT_THAT(parsed.error().message, HasSubstr("too many series"));
}

TEST(ParseVector, RefusesDeepNesting) {
  EXPECT_FALSE(
      Parse(R"({"status":"success","data":)" + std::string(200'000, '[') + std::string(200'000, ']') + "}").ok());
}

TEST(ParseMatrix, JoinsTheWindowsOfASeries) {
  simdjson::ondemand::parser parser;
  std::vector<Series> series;
  const auto matrix = [](const std::string& rows) {
    return R"({"status":"success","data":{"resultType":"matrix","result":[)" + rows + "]}}";
  };
  ASSERT_TRUE(
      ParseMatrix(parser, matrix(R"({"metric":{"a":"1","b":"2"},"values":[[1,"10"],[2,"NaN"]]})"), 10, series).ok());
  ASSERT_TRUE(
      ParseMatrix(
          parser,
          matrix(R"({"metric":{"b":"2","a":"1"},"values":[[4,"40"]]},{"metric":{"a":"x"},"histograms":[[4,{}]]},)"
                 R"({"metric":{"a":"3"},"values":[[4,"1"]]})"),
          10, series)
          .ok());
  ASSERT_EQ(series.size(), 2u);
  EXPECT_THAT(series[0].times, ElementsAre(1, 2, 4));
  EXPECT_EQ(series[0].values[2], 40);
  EXPECT_THAT(series[1].labels, ElementsAre(Pair("a", "3")));
  EXPECT_FALSE(ParseMatrix(parser, matrix(R"({"metric":{"a":"9"},"values":[[1,"1"]]})"), 2, series).ok());
  EXPECT_FALSE(ParseMatrix(parser, matrix(R"({"metric":{"a":"1"},"values":[[1]]})"), 10, series).ok());
}

TEST(ParseRefusal, TakesTheServersWord) {
  simdjson::ondemand::parser parser;
  const auto refuse = [&](int status, std::string body) { return ParseRefusal(parser, status, std::move(body)); };
  const auto bad = refuse(400, R"({"status":"error","errorType":"bad_data","error":"parse error:\nunexpected"})");
  EXPECT_EQ(bad.error.code, ErrorCode::kInvalid);
  EXPECT_EQ(bad.error.message, "HTTP 400: bad_data: parse error: unexpected");
  const auto slow = refuse(503, R"({"status":"error","errorType":"timeout","error":"query timed out"})");
  EXPECT_EQ(slow.error.code, ErrorCode::kTimeout);
  EXPECT_FALSE(slow.retryable);
  EXPECT_EQ(refuse(422, R"({"status":"error","errorType":"execution","error":"x"})").error.code, ErrorCode::kInvalid);
  EXPECT_EQ(refuse(503, "<html>no upstream</html>").error.code, ErrorCode::kUnavailable);
  EXPECT_EQ(refuse(504, "").error.code, ErrorCode::kTimeout);
  EXPECT_EQ(refuse(401, "Unauthorized").error.code, ErrorCode::kInvalid);
}

TEST(LabelScanner, EndsAtWhatIsNoLabel) {
  for (const char* object : {"", "{", "{\"a", "{\"a\":", "{\"a\":\"b", "{\"a\\", "{\"a\":\"\\", "\\\"\\"}) {
    LabelScanner scanner(object);
    EXPECT_FALSE(scanner.Next().has_value()) << object;
  }
}

TEST(EscapeLabelValue, StaysWithinItsQuotes) { EXPECT_EQ(EscapeLabelValue("a\"}\\\n"), "a\\\"}\\\\\\n"); }

}  // namespace
}  // namespace forewarn::promql
