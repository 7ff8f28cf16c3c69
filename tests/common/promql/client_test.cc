// SPDX-License-Identifier: Apache-2.0
#include "common/promql/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <mutex>

#include "common/http/server.h"

namespace forewarn::promql {
namespace {

using base::ErrorCode;
using testing::HasSubstr;

constexpr char kOne[] =
    R"({"status":"success","data":{"resultType":"vector","result":[{"metric":{"a":"b"},"value":[1,"2"]}]}})";

// A server that gives prepared answers in turn, the last one for ever, and keeps what it was asked.
class PreparedServer {
 public:
  explicit PreparedServer(std::deque<http::Response> answers) : answers_(std::move(answers)) {
    const auto answer = [this](const http::Request& request) {
      const std::lock_guard lock(mutex_);
      asked_.push_back(request);
      const http::Response response = answers_.front();
      if (answers_.size() > 1) answers_.pop_front();
      return response;
    };
    std::vector<http::Route> routes;
    for (const char* method : {"GET", "POST"}) routes.push_back({method, "/prefix/api/v1/*", answer, "", 1 << 20});
    auto started = http::Server::Start({.listen = {"127.0.0.1:0"}, .web_config_file = ""}, std::move(routes));
    if (started) server_ = std::move(*started);
  }

  ClientOptions Options() const {
    ClientOptions options;
    options.url = "http://127.0.0.1:" + std::to_string(server_->ports()[0]) + "/prefix";
    return options;
  }
  std::vector<http::Request> asked() {
    const std::lock_guard lock(mutex_);
    return asked_;
  }

 private:
  std::mutex mutex_;
  std::deque<http::Response> answers_;
  std::vector<http::Request> asked_;
  std::unique_ptr<http::Server> server_;
};

base::Result<Vector> QueryOnce(const ClientOptions& options) {
  auto client = Client::Create(options);
  if (!client) return client.error();
  return (*client)->Query("up{a=\"b&c\"}", 1700000000.5);
}

TEST(Client, PostsAForm) {
  PreparedServer server({http::Json(200, kOne)});
  auto options = server.Options();
  options.extra_params = {{"partial_response", "false"}};
  const auto answer = QueryOnce(options);
  ASSERT_TRUE(answer.ok()) << answer.error().message;
  EXPECT_EQ(answer->values[0], 2);
  const auto asked = server.asked();
  ASSERT_EQ(asked.size(), 1u);
  EXPECT_EQ(asked[0].method, "POST");
  EXPECT_EQ(asked[0].path, "/prefix/api/v1/query");
  EXPECT_EQ(asked[0].headers.at("content-type"), "application/x-www-form-urlencoded");
  EXPECT_EQ(asked[0].headers.at("accept-encoding"), "identity");  // compressing costs the source more than sending
  EXPECT_EQ(asked[0].body, "partial_response=false&query=up%7Ba%3D%22b%26c%22%7D&time=1700000000.5&timeout=9000ms");
}

TEST(Client, AnAnswerComesIntoTheMemoryOfAnEarlierOne) {
  PreparedServer server(
      {http::Json(
           200, R"({"status":"success","warnings":["old"],"data":{"resultType":"vector","result":[)"
                R"({"metric":{"a":"x\"y"},"value":[1,"7"]},{"metric":{"a":"longer than before"},"value":[1,"8"]}]}})"),
       http::Json(200, kOne)});
  auto client = Client::Create(server.Options());
  ASSERT_TRUE(client.ok());
  auto first = (*client)->Query("up", 0);
  ASSERT_TRUE(first.ok()) << first.error().message;
  const char* const memory = first->buffer.data();
  (*client)->Recycle(std::move(*first));
  const auto second = (*client)->Query("up", 0);
  ASSERT_TRUE(second.ok()) << second.error().message;
  EXPECT_EQ(second->buffer.data(), memory);
  EXPECT_EQ(second->buffer, kOne);
  EXPECT_EQ(second->values, std::vector<double>{2});
  EXPECT_EQ(second->Label(0, "a"), "b");
  EXPECT_FALSE(second->HasEscapes(0));
  EXPECT_TRUE(second->warnings.empty());
}

TEST(Client, FallsBackToGet) {
  PreparedServer server({http::Text(405, ""), http::Json(200, kOne)});
  ASSERT_TRUE(QueryOnce(server.Options()).ok());
  const auto asked = server.asked();
  ASSERT_EQ(asked.size(), 2u);
  EXPECT_EQ(asked[1].method, "GET");
  EXPECT_EQ(asked[1].query.at("query"), "up{a=\"b&c\"}");
}

TEST(Client, TriesAgainWhereThatMayHelp) {
  for (const int status : {429, 502, 503, 504}) {
    PreparedServer server({http::Text(status, "<html>"), http::Json(200, kOne)});
    EXPECT_TRUE(QueryOnce(server.Options()).ok()) << status;
    EXPECT_EQ(server.asked().size(), 2u);
  }
}

TEST(Client, TriesOnceWhereThatCannotHelp) {
  for (const int status : {400, 401, 404, 422, 500}) {
    PreparedServer server({http::Text(status, ""), http::Json(200, kOne)});
    EXPECT_FALSE(QueryOnce(server.Options()).ok()) << status;
    EXPECT_EQ(server.asked().size(), 1u);
  }
  PreparedServer slow(
      {http::Json(503, R"({"status":"error","errorType":"timeout","error":"x"})"), http::Json(200, kOne)});
  const auto answer = QueryOnce(slow.Options());
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().code, ErrorCode::kTimeout);
}

TEST(Client, GivesUpWhereItIsToldToWaitTooLong) {
  http::Response busy = http::Text(503, "");
  busy.headers["Retry-After"] = "60";
  PreparedServer server({busy, http::Json(200, kOne)});
  const auto answer = QueryOnce(server.Options());
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(server.asked().size(), 1u);
}

TEST(Client, BoundsTheAnswer) {
  PreparedServer server({http::Json(200, std::string(1 << 20, ' ') + kOne)});
  auto options = server.Options();
  options.max_body = 1 << 16;
  const auto answer = QueryOnce(options);
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().code, ErrorCode::kInvalid);
}

TEST(Client, SaysThatNobodyIsThere) {
  ClientOptions options;
  {
    PreparedServer server({http::Json(200, kOne)});
    options = server.Options();
  }
  options.timeout = std::chrono::milliseconds(300);
  const auto answer = QueryOnce(options);
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().code, ErrorCode::kUnavailable);
}

TEST(Client, SplitsLongRanges) {
  PreparedServer server({http::Json(
      200,
      R"({"status":"success","data":{"resultType":"matrix","result":[{"metric":{"a":"b"},"values":[[1,"2"]]}]}})")});
  auto client = Client::Create(server.Options());
  ASSERT_TRUE(client.ok());
  const auto series = (*client)->QueryRange("up", 0, 25'000, 1);
  ASSERT_TRUE(series.ok()) << series.error().message;
  ASSERT_EQ(series->size(), 1u);
  EXPECT_EQ((*series)[0].times.size(), 3u);
  const auto asked = server.asked();
  ASSERT_EQ(asked.size(), 3u);
  EXPECT_THAT(asked[0].body, HasSubstr("start=0&end=9999&step=1&"));
  EXPECT_THAT(asked[2].body, HasSubstr("start=20000&end=25000&step=1&"));
  EXPECT_FALSE((*client)->QueryRange("up", 2, 1, 1).ok());
  EXPECT_FALSE((*client)->QueryRange("up", 1, 2, 0).ok());
}

base::Result<void> Decode(const std::string& yaml, ClientOptions& options) {
  auto document = config::Document::Parse("x.yaml", yaml);
  if (!document) return document.error();
  options = DecodeClientOptions(document->Root().AsMap());
  return document->Finish();
}

TEST(DecodeClientOptions, ReadsItsKeysAndHttpConfig) {
  ClientOptions options;
  const auto decoded = Decode(
      "url: https://host/prometheus/\ntimeout: 3s\nmax_body: 1000\nmax_series: 7\nparams: {partial_response: 'false'}\n"
      "basic_auth: {username: u, password: p}\n",
      options);
  ASSERT_TRUE(decoded.ok()) << decoded.error().message;
  EXPECT_EQ(options.url, "https://host/prometheus");
  EXPECT_EQ(options.timeout, std::chrono::seconds(3));
  EXPECT_EQ(options.max_body, 1000u);
  EXPECT_EQ(options.max_series, 7u);
  EXPECT_EQ(options.extra_params[0].second, "false");
  EXPECT_EQ(options.http.basic_username, "u");
}

TEST(DecodeClientOptions, SaysWhatIsWrong) {
  ClientOptions options;
  for (const auto& [yaml, what] : std::vector<std::pair<std::string, std::string>>{
           {"timeout: 3s\n", "url"},
           {"url: host:9090\n", "x.yaml:1: url: not an http:// or https:// URL"},
           {"url: http://h/?a=b\n", "no query"},
           {"url: http://h\ntimeout: 0s\n", "x.yaml:2: timeout: must be more than 0s"},
           {"url: http://h\nmax_series: 0\n", "at least 1"},
           {"url: http://h\nmax_bodie: 5\n", "max_bodie"}}) {
    const auto decoded = Decode(yaml, options);
    ASSERT_FALSE(decoded.ok()) << yaml;
    EXPECT_THAT(decoded.error().message, HasSubstr(what));
  }
}

}  // namespace
}  // namespace forewarn::promql
